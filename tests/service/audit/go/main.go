// Checklog checks what a hub's access log says, with nothing of the hub's own code.
//
//	checklog receipt VKEY RECEIPT.json    a receipt: promise, entries, their place in the log
//	checklog growth VKEY OLD NEW FOLDER   that the log of checkpoint NEW begins with that of OLD
//	checklog record VKEY FOLDER INDEX     that the entry at INDEX is in the tree of FOLDER
//
// VKEY is what `hub audit vkey` prints; FOLDER holds `checkpoint` and `tile/`.
package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// A Receipt is what the hub answers to `receipt(id: …) { id promise entries { proof } }`.
type Receipt struct {
	ID      string `json:"id"`
	Promise string `json:"promise"`
	Entries []struct {
		Proof string `json:"proof"`
	} `json:"entries"`
}

func main() {
	told, err := run(os.Args[1:])
	if err != nil {
		fmt.Fprintln(os.Stderr, "does not fit:", err)
		os.Exit(1)
	}
	fmt.Println("fits:", told)
}

func run(args []string) (string, error) {
	if len(args) < 3 {
		return "", errors.New("see the first lines of main.go")
	}
	verifier, err := note.NewVerifier(args[1])
	if err != nil {
		return "", err
	}
	switch {
	case args[0] == "receipt" && len(args) == 3:
		return receipt(verifier, args[2])
	case args[0] == "growth" && len(args) == 5:
		return growth(verifier, args[2], args[3], args[4])
	case args[0] == "record" && len(args) == 4:
		return record(verifier, args[2], args[3])
	}
	return "", errors.New("see the first lines of main.go")
}

// receipt checks the promise, each entry's place, and that these are the entries promised.
func receipt(verifier note.Verifier, file string) (string, error) {
	raw, err := os.ReadFile(file)
	if err != nil {
		return "", err
	}
	var answer struct {
		Data struct {
			Receipt Receipt `json:"receipt"`
		} `json:"data"`
	}
	if err := json.Unmarshal(raw, &answer); err != nil {
		return "", err
	}
	kept := answer.Data.Receipt
	promise, err := note.Open([]byte(kept.Promise), note.VerifierList(verifier))
	if err != nil {
		return "", err
	}
	said := strings.Split(promise.Text, "\n")
	if len(said) != 5 || said[0] != verifier.Name()+"/receipt" || said[1] != kept.ID {
		return "", errors.New("the promise is about another receipt")
	}
	commitment := sha256.New()
	commitment.Write([]byte("\x03vienreiz receipt 1\x00"))
	for i, each := range kept.Entries {
		entry, err := proved(verifier, each.Proof)
		if err != nil {
			return "", err
		}
		leaf, nonce, err := parts(entry, kept.ID)
		if err != nil {
			return "", err
		}
		if i == 0 {
			commitment.Write(nonce)
		}
		commitment.Write(leaf)
	}
	if len(kept.Entries) == 0 {
		return "promised, and not proved yet", nil
	}
	if hex.EncodeToString(commitment.Sum(nil)) != said[2] {
		return "", errors.New("these are not all entries that the receipt commits to")
	}
	return fmt.Sprintf("%d entries of operation %s are in the log", len(kept.Entries), kept.ID), nil
}

// proved returns the entry of a c2sp.org/tlog-proof, if it is in the tree of its checkpoint.
func proved(verifier note.Verifier, text string) ([]byte, error) {
	before, signed, _ := strings.Cut(text, "\n\n")
	lines := strings.Split(before, "\n")
	if len(lines) < 3 || lines[0] != "c2sp.org/tlog-proof@v1" {
		return nil, errors.New("not a proof of a log")
	}
	entry, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(lines[1], "extra "))
	if err != nil {
		return nil, err
	}
	index, err := strconv.ParseInt(strings.TrimPrefix(lines[2], "index "), 10, 64)
	if err != nil {
		return nil, err
	}
	var path tlog.RecordProof
	for _, line := range lines[3:] {
		hash, err := tlog.ParseHash(line)
		if err != nil {
			return nil, err
		}
		path = append(path, hash)
	}
	tree, err := checkpoint(verifier, []byte(signed))
	if err != nil {
		return nil, err
	}
	return entry, tlog.CheckRecord(path, tree.N, tree.Hash, index, tlog.RecordHash(entry))
}

// parts returns an entry's leaf and nonce, from which receipts' commitments are made.
func parts(entry []byte, operation string) (leaf, nonce []byte, err error) {
	const label = "vienreiz log 1\x00"
	rest, found := bytes.CutPrefix(entry, []byte(label))
	if !found || len(rest) < 16+8+4 {
		return nil, nil, errors.New("not an entry of this log")
	}
	rest = rest[16+8:] // the writer, and the entry's number among the writer's
	size := uint64(binary.BigEndian.Uint32(rest))
	if uint64(len(rest)) < 4+size+16+4 {
		return nil, nil, errors.New("the entry is cut short")
	}
	var told struct {
		Operation string `json:"operation_id"`
		Nonce     string `json:"nonce"`
	}
	if err := json.Unmarshal(rest[4:4+size], &told); err != nil {
		return nil, nil, err
	}
	if told.Operation != operation {
		return nil, nil, errors.New("the entry is of another operation")
	}
	nonce, err = hex.DecodeString(told.Nonce)
	if err != nil {
		return nil, nil, err
	}
	hash := sha256.Sum256(append([]byte("\x00vienreiz entry 1\x00"), rest...))
	return hash[:], nonce, nil
}

// checkpoint returns size and root of a tree, if the log signed them.
func checkpoint(verifier note.Verifier, signed []byte) (tlog.Tree, error) {
	var tree tlog.Tree
	opened, err := note.Open(signed, note.VerifierList(verifier))
	if err != nil {
		return tree, err
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) < 4 || lines[0] != verifier.Name() {
		return tree, errors.New("not a checkpoint of this log")
	}
	if tree.N, err = strconv.ParseInt(lines[1], 10, 64); err != nil {
		return tree, err
	}
	tree.Hash, err = tlog.ParseHash(lines[2])
	return tree, err
}

// growth checks that the later tree begins with the earlier one.
func growth(verifier note.Verifier, before, after, folder string) (string, error) {
	old, err := checkpointIn(verifier, before)
	if err != nil {
		return "", err
	}
	fresh, err := checkpointIn(verifier, after)
	if err != nil {
		return "", err
	}
	proof, err := tlog.ProveTree(fresh.N, old.N, tlog.TileHashReader(fresh, tiles(folder)))
	if err != nil {
		return "", err
	}
	if err := tlog.CheckTree(proof, fresh.N, fresh.Hash, old.N, old.Hash); err != nil {
		return "", err
	}
	return fmt.Sprintf("the log grew from %d to %d entries", old.N, fresh.N), nil
}

// record checks that an entry of a bundle is where the tree has it.
func record(verifier note.Verifier, folder, position string) (string, error) {
	tree, err := checkpointIn(verifier, filepath.Join(folder, "checkpoint"))
	if err != nil {
		return "", err
	}
	index, err := strconv.ParseInt(position, 10, 64)
	if err != nil {
		return "", err
	}
	entry, err := entryAt(folder, tree, index)
	if err != nil {
		return "", err
	}
	path, err := tlog.ProveRecord(tree.N, index, tlog.TileHashReader(tree, tiles(folder)))
	if err != nil {
		return "", err
	}
	err = tlog.CheckRecord(path, tree.N, tree.Hash, index, tlog.RecordHash(entry))
	return fmt.Sprintf("the entry at %d of %d is in the log", index, tree.N), err
}

func checkpointIn(verifier note.Verifier, file string) (tlog.Tree, error) {
	raw, err := os.ReadFile(file)
	if err != nil {
		return tlog.Tree{}, err
	}
	return checkpoint(verifier, raw)
}

// entryAt reads an entry from its bundle: each entry stands after its length, two bytes.
func entryAt(folder string, tree tlog.Tree, index int64) ([]byte, error) {
	tile := tlog.Tile{H: 8, L: 0, N: index / 256, W: int(min(256, tree.N-index/256*256))}
	path := strings.Replace(tile.Path(), "tile/8/0/", "tile/entries/", 1)
	bundle, err := os.ReadFile(filepath.Join(folder, path))
	for i := int64(0); err == nil && i <= index%256; i++ {
		if len(bundle) < 2 || len(bundle) < 2+int(binary.BigEndian.Uint16(bundle)) {
			return nil, errors.New("the bundle is cut short")
		}
		size := 2 + int(binary.BigEndian.Uint16(bundle))
		if i == index%256 {
			return bundle[2:size], nil
		}
		bundle = bundle[size:]
	}
	return nil, err
}

// tiles reads a folder; c2sp.org/tlog-tiles leaves out the height, which is 8, from the path.
type tiles string

func (folder tiles) Height() int                       { return 8 }
func (folder tiles) SaveTiles([]tlog.Tile, [][]byte) {}
func (folder tiles) ReadTiles(wanted []tlog.Tile) (data [][]byte, err error) {
	for _, tile := range wanted {
		path := strings.Replace(tile.Path(), "tile/8/", "tile/", 1)
		content, err := os.ReadFile(filepath.Join(string(folder), path))
		if err != nil {
			return nil, err
		}
		data = append(data, content)
	}
	return data, nil
}
