"""``python -m hub.sandbox.issuer --data-dir DIR --port N``: the issuer as its own process."""

import ssl
from pathlib import Path

import click
import uvicorn

from hub.caller.certificate import TrustedProxies
from hub.caller.protocol import CertificateProtocol
from hub.sandbox.issuer.app import issuer_app
from hub.sandbox.issuer.keys import prepare

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.option("--data-dir", required=True, type=click.Path(file_okay=False, path_type=Path))
@click.option("--port", required=True, type=click.IntRange(1, 65535))
@click.option("--tls-certificate", type=_FILE, help="Speak TLS with this certificate (PEM).")
@click.option("--tls-key", type=_FILE, help="Its private key (PEM).")
@click.option("--client-authorities", type=_FILE, help="Who vouches for clients (PEM).")
def main(
    data_dir: Path,
    port: int,
    tls_certificate: Path | None,
    tls_key: Path | None,
    client_authorities: Path | None,
) -> None:
    """Issue tokens of the sandbox on the loopback interface until told to stop.

    Without TLS, whoever is on this machine may name the certificate to bind a token to: binding
    only ever narrows what a token is good for.
    """
    prepare(data_dir, ())
    scheme, proxies = ("https", []) if tls_certificate else ("http", ["127.0.0.0/8"])
    uvicorn.run(
        issuer_app(data_dir, f"{scheme}://127.0.0.1:{port}", TrustedProxies.parse(proxies)),
        host="127.0.0.1",
        port=port,
        http=CertificateProtocol,
        ws="none",
        lifespan="off",
        proxy_headers=False,
        server_header=False,
        access_log=False,
        log_level="warning",
        timeout_graceful_shutdown=1,
        ssl_certfile=tls_certificate,
        ssl_keyfile=tls_key,
        ssl_ca_certs=client_authorities,
        ssl_cert_reqs=ssl.CERT_OPTIONAL if client_authorities else ssl.CERT_NONE,
    )


if __name__ == "__main__":
    main()
