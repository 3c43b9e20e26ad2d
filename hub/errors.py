"""Every error the hub raises: one tree, and one registry of stable codes.

HubError
├─ BadRequest          400…  malformed_json, syntax_error, limit_exceeded, personal_code_invalid
├─ Unauthenticated     401   token_missing, token_expired, token_not_bound
├─ Refused             403…  agreement_unknown, field_not_in_agreement, quota_exhausted
├─ RegisterError       200   register_unavailable, register_malformed (one entry per register)
├─ ServiceUnavailable  503   audit_unavailable, policy_unavailable: nothing leaves
├─ Internal            500   internal (masked)
├─ Several                   more than one of the above, told together
└─ Misconfigured             no start

A code is a promise to callers and never changes its meaning; ``docs/errors.md`` explains each and
is held complete by a test. Messages are lower case and never hold a personal code.
"""

from collections.abc import Mapping, Sequence
from enum import Enum
from typing import TypeAlias

Detail: TypeAlias = "str | int | float | bool | Sequence[Detail] | Mapping[str, Detail] | None"


class Code(Enum):
    """The registry: code, HTTP status, legacy status 200, English and Latvian text.

    ``legacy_ok`` tells whether a client that accepts only ``application/json`` gets 200: the
    request was understood as GraphQL and failed as GraphQL (GraphQL over HTTP, section 6.4.1).
    """

    # fmt: off
    MALFORMED_JSON = ("malformed_json", 400, False,
        "the body is not valid JSON",
        "pieprasījuma saturs nav derīgs JSON")
    INVALID_ENCODING = ("invalid_encoding", 400, False,
        "the body is not valid UTF-8",
        "pieprasījuma saturs nav derīgs UTF-8")
    BODY_NOT_OBJECT = ("body_not_object", 400, False,
        "the body must be one JSON object",
        "pieprasījuma saturam jābūt vienam JSON objektam")
    BATCHING_UNSUPPORTED = ("batching_unsupported", 400, False,
        "a list of operations is not accepted; ask `persons` instead",
        "darbību saraksts netiek pieņemts; izmantojiet `persons`")
    PARAMETER_INVALID = ("parameter_invalid", 400, False,
        "a request parameter has the wrong type",
        "pieprasījuma parametram ir nepareizs tips")
    QUERY_MISSING = ("query_missing", 400, False,
        "`query` is missing",
        "trūkst `query`")
    BODY_TOO_LARGE = ("body_too_large", 413, False,
        "the body is larger than allowed",
        "pieprasījuma saturs pārsniedz atļauto apjomu")
    REQUEST_INCOMPLETE = ("request_incomplete", 408, False,
        "the request did not arrive in full in time",
        "pieprasījums laikus netika saņemts pilnībā")
    NESTING_TOO_DEEP = ("nesting_too_deep", 400, False,
        "the JSON is nested too deeply",
        "JSON ir pārāk dziļi ligzdots")
    UNSUPPORTED_MEDIA_TYPE = ("unsupported_media_type", 415, False,
        "send `application/json` in UTF-8",
        "sūtiet `application/json` UTF-8 kodējumā")
    NOT_ACCEPTABLE = ("not_acceptable", 406, False,
        "none of the media types in `Accept` can be served",
        "nevar atbildēt nevienā no `Accept` formātiem")
    METHOD_NOT_ALLOWED = ("method_not_allowed", 405, False,
        "this operation must be sent by POST",
        "šī darbība jāsūta ar POST")
    PATH_UNKNOWN = ("path_unknown", 404, False,
        "nothing is served under this path",
        "šajā adresē nekas nav pieejams")
    HEADERS_TOO_LARGE = ("headers_too_large", 431, False,
        "the request's headers are larger than allowed",
        "pieprasījuma galvenes pārsniedz atļauto apjomu")
    HEADER_CONFLICT = ("header_conflict", 400, False,
        "a header is repeated or contradicts another",
        "galvene ir atkārtota vai pretrunīga")
    HEADER_INVALID = ("header_invalid", 400, False,
        "a header has a form that is not allowed",
        "galvenes vērtības forma nav atļauta")
    DOCUMENT_TOO_LARGE = ("document_too_large", 400, False,
        "the document is larger than 16 kB",
        "dokuments pārsniedz 16 kB")
    LIMIT_EXCEEDED = ("limit_exceeded", 400, True,
        "the document exceeds a limit",
        "dokuments pārsniedz ierobežojumu")
    SYNTAX_ERROR = ("syntax_error", 400, True,
        "the document is not valid GraphQL",
        "dokuments nav derīgs GraphQL")
    VALIDATION_FAILED = ("validation_failed", 400, True,
        "the document does not fit the schema",
        "dokuments neatbilst shēmai")
    OPERATION_UNKNOWN = ("operation_unknown", 400, True,
        "no operation of that name",
        "tādas darbības nav")
    OPERATION_AMBIGUOUS = ("operation_ambiguous", 400, True,
        "several operations: name one in `operationName`",
        "vairākas darbības: norādiet `operationName`")
    VARIABLE_INVALID = ("variable_invalid", 400, True,
        "a variable is missing or has the wrong type",
        "mainīgais trūkst vai tam ir nepareizs tips")
    PERSONAL_CODE_INVALID = ("personal_code_invalid", 400, True,
        "not a well-formed personal code",
        "personas kods nav pareizi veidots")
    PERSONAL_CODE_LITERAL = ("personal_code_literal", 400, False,
        "personal codes travel in variables only",
        "personas kods drīkst būt tikai mainīgajā")
    SUBJECTS_EMPTY = ("subjects_empty", 400, True,
        "the list of personal codes is empty",
        "personas kodu saraksts ir tukšs")
    SUBJECTS_TOO_MANY = ("subjects_too_many", 400, True,
        "more persons than one request may ask about",
        "vairāk personu, nekā drīkst vaicāt vienā pieprasījumā")
    ROOTS_MIXED = ("roots_mixed", 400, True,
        "questions about the access log, consents or agreements stand apart from others",
        "jautājumi par auditācijas pierakstiem, piekrišanām vai vienošanām jāuzdod atsevišķi")
    REASON_INVALID = ("reason_invalid", 400, True,
        "say why in 10 to 300 characters, without a personal code",
        "norādiet iemeslu 10 līdz 300 rakstzīmēs, bez personas koda")
    OFFICER_INVALID = ("officer_invalid", 400, True,
        "name the officer as `institution/office`, without a personal code",
        "norādiet amatpersonu kā `iestāde/amats`, bez personas koda")
    ORDER_UNKNOWN = ("order_unknown", 400, True,
        "no such order or hold stands",
        "šāda rīkojuma vai saglabāšanas pienākuma nav")
    FINDING_UNKNOWN = ("finding_unknown", 400, True,
        "no such finding is open",
        "šādu atvērtu aizdomu nav")
    HOLD_INVALID = ("hold_invalid", 400, True,
        "a hold is on a person, a year or an agreement",
        "saglabāšanas pienākums attiecas uz personu, gadu vai vienošanos")
    CURSOR_INVALID = ("cursor_invalid", 400, True,
        "this cursor was not given to you for this question",
        "šis kursors nav izsniegts šim vaicājumam")
    PAGE_INVALID = ("page_invalid", 400, True,
        "the page is too large or not a positive number",
        "lappuses lielums ir pārāk liels vai nav pozitīvs skaitlis")
    CONSENT_TARGET_UNKNOWN = ("consent_target_unknown", 400, True,
        "there is no such agreement in force",
        "tādas spēkā esošas vienošanās nav")
    CONSENT_NOT_THE_BASIS = ("consent_not_the_basis", 400, True,
        "this agreement does not rest on consent",
        "šīs vienošanās pamats nav piekrišana")
    CONSENT_STEP_INVALID = ("consent_step_invalid", 400, True,
        "the consent record does not allow this step now",
        "piekrišanas ieraksts šobrīd šādu soli nepieļauj")
    OBJECTION_NOT_POSSIBLE = ("objection_not_possible", 400, True,
        "there is no right to object to this disclosure",
        "pret šo izpaušanu nevar iebilst")
    DECISION_INCOMPLETE = ("decision_incomplete", 400, True,
        "a decision names institution and office, and tells the person before a restriction ends",
        "lēmumā norāda iestādi un amatu, un pirms ierobežojuma atcelšanas par to informē personu")
    WINDOW_INVALID = ("window_invalid", 400, True,
        "the period ends before it begins or is not a real period",
        "periods beidzas pirms sākuma vai nav derīgs")
    DATE_INVALID = ("date_invalid", 400, True,
        "not a date of the form `YYYY-MM-DD`",
        "datumam jābūt formā `GGGG-MM-DD`")
    TOKEN_MISSING = ("token_missing", 401, False,
        "an access token is required",
        "nepieciešama piekļuves pilnvara")
    TOKEN_INVALID = ("token_invalid", 401, False,
        "the access token is not valid",
        "piekļuves pilnvara nav derīga")
    TOKEN_EXPIRED = ("token_expired", 401, False,
        "the access token has expired",
        "piekļuves pilnvaras termiņš ir beidzies")
    TOKEN_NOT_BOUND = ("token_not_bound", 401, False,
        "the access token is not bound to this connection's certificate",
        "piekļuves pilnvara nav piesaistīta šī savienojuma sertifikātam")
    ISSUER_UNKNOWN = ("issuer_unknown", 401, False,
        "the issuer of the access token is not trusted",
        "piekļuves pilnvaras izdevējs nav uzticams")
    CLIENT_DISABLED = ("client_disabled", 401, False,
        "this client has been disabled",
        "šis klients ir atslēgts")
    AGREEMENT_UNKNOWN = ("agreement_unknown", 403, False,
        "no such agreement of this client",
        "šim klientam tādas vienošanās nav")
    AGREEMENT_MISSING = ("agreement_missing", 403, False,
        "this client has no agreement in force",
        "šim klientam nav spēkā esošas vienošanās")
    AGREEMENT_AMBIGUOUS = ("agreement_ambiguous", 403, False,
        "several agreements are in force: name one in `X-DAGR-Permission`",
        "spēkā ir vairākas vienošanās: norādiet vienu galvenē `X-DAGR-Permission`")
    AGREEMENT_NOT_IN_FORCE = ("agreement_not_in_force", 403, False,
        "the agreement is not in force now",
        "vienošanās pašlaik nav spēkā")
    CASE_MISSING = ("case_missing", 403, False,
        "the agreement demands a case number in `Hub-Case`",
        "vienošanās prasa lietas numuru galvenē `Hub-Case`")
    OFFICIAL_MISSING = ("official_missing", 403, False,
        "the agreement demands the official in `Hub-Official`",
        "vienošanās prasa amatpersonu galvenē `Hub-Official`")
    OPERATION_NOT_IN_AGREEMENT = ("operation_not_in_agreement", 403, False,
        "the agreement does not grant this kind of operation",
        "vienošanās neatļauj šāda veida darbību")
    FIELD_NOT_IN_AGREEMENT = ("field_not_in_agreement", 403, False,
        "the agreement does not grant this field",
        "vienošanās neatļauj šo lauku")
    FIELD_FORBIDDEN = ("field_forbidden", 403, False,
        "a guard rail forbids this field for this purpose",
        "aizsargnoteikums šim nolūkam liedz šo lauku")
    WINDOW_NOT_IN_AGREEMENT = ("window_not_in_agreement", 403, False,
        "the period is wider than the agreement allows",
        "periods pārsniedz vienošanās atļauto")
    OVERSIGHT_MISSING = ("oversight_missing", 403, False,
        "the agreement does not open this view",
        "vienošanās neatver šo skatu")
    REPRESENTATION_MISSING = ("representation_missing", 403, False,
        "the caller may not act for this person",
        "pieprasītājs nedrīkst rīkoties šīs personas vārdā")
    OFFICER_SAME = ("officer_same", 403, False,
        "a second, different officer must confirm",
        "jāapstiprina otrai, citai amatpersonai")
    ORDER_UNCONFIRMED = ("order_unconfirmed", 403, False,
        "two officers have not given this order",
        "šo rīkojumu nav devušas divas amatpersonas")
    RECORDS_HELD = ("records_held", 403, False,
        "a hold forbids destroying these records",
        "saglabāšanas pienākums liedz šos pierakstus iznīcināt")
    FINDING_OPEN = ("finding_open", 403, False,
        "an open finding cites these records",
        "uz šiem pierakstiem atsaucas neizskatīts konstatējums")
    RETENTION_NOT_OVER = ("retention_not_over", 403, False,
        "the retention of that year is not over",
        "šī gada glabāšanas termiņš nav beidzies")
    ENTRIES_ENDED = ("entries_ended", 410, False,
        "the retention of that year is over, and its entries were removed",
        "šī gada glabāšanas termiņš ir beidzies, un pieraksti ir izdzēsti")
    ENTRIES_UNSEQUENCED = ("entries_unsequenced", 503, False,
        "entries wait for their place in the log's tree; try again shortly",
        "pieraksti vēl gaida vietu žurnāla kokā; mēģiniet vēlreiz")
    INTROSPECTION_OFF = ("introspection_off", 403, False,
        "introspection is not served here; the schema is published as a file",
        "šeit shēmas izpēte nav pieejama; shēma ir publicēta datnē")
    QUOTA_EXHAUSTED = ("quota_exhausted", 429, False,
        "the agreement's quota is used up",
        "vienošanās kvota ir izlietota")
    REGISTER_UNAVAILABLE = ("register_unavailable", 200, True,
        "the register does not answer now",
        "reģistrs pašlaik neatbild")
    REGISTER_MALFORMED = ("register_malformed", 200, True,
        "the register's answer could not be read",
        "reģistra atbilde nav nolasāma")
    AUDIT_UNAVAILABLE = ("audit_unavailable", 503, False,
        "the access log cannot be written, so nothing is disclosed",
        "auditācijas pierakstus nevar saglabāt, tāpēc dati netiek izpausti")
    POLICY_UNAVAILABLE = ("policy_unavailable", 503, False,
        "access rules cannot be read, so nothing is disclosed",
        "piekļuves noteikumus nevar nolasīt, tāpēc dati netiek izpausti")
    CONSENT_UNAVAILABLE = ("consent_unavailable", 503, False,
        "consents cannot be read or keep changing, so nothing is disclosed",
        "piekrišanas nevar nolasīt vai tās mainās, tāpēc dati netiek izpausti")
    QUOTA_UNAVAILABLE = ("quota_unavailable", 503, False,
        "quota cannot be counted, so nothing is disclosed",
        "kvotu nevar uzskaitīt, tāpēc dati netiek izpausti")
    ISSUER_UNAVAILABLE = ("issuer_unavailable", 503, False,
        "the token issuer's keys cannot be fetched",
        "nevar iegūt pilnvaru izdevēja atslēgas")
    OVERLOADED = ("overloaded", 503, False,
        "the hub is busy; try again shortly",
        "mezgls ir noslogots; mēģiniet vēlreiz")
    INTERNAL = ("internal", 500, False,
        "something failed inside the hub",
        "mezgla iekšēja kļūme")
    # fmt: on

    def __init__(self, code: str, status: int, legacy_ok: bool, en: str, lv: str) -> None:  # noqa: FBT001 — one row of the table
        """Unpack one row of the registry."""
        self.code = code
        self.status = status
        self.legacy_ok = legacy_ok
        self.en = en
        self.lv = lv


class HubError(Exception):
    """Root of the tree.

    Attributes:
        code: Row of the registry; published as ``extensions.code``.
        message: Lower-case sentence without personal data.
        details: Further ``extensions``; never personal data.
    """

    def __init__(self, code: Code, message: str | None = None, **details: Detail) -> None:
        """Raise ``code`` with an optional message of its own and typed details."""
        super().__init__(message or code.en)
        self.code = code
        self.message = message or code.en
        self.details = details

    def extensions(self) -> dict[str, Detail]:
        """Return the GraphQL ``extensions`` of this error."""
        return {"code": self.code.code, **self.details}


class BadRequest(HubError):
    """The request itself is wrong; repeating it unchanged never helps."""


class Unauthenticated(HubError):
    """Who is calling could not be established."""


class Refused(HubError):
    """The caller is known; the agreement or a guard rail says no."""


class RegisterError(HubError):
    """One register failed; its own part of the answer is null, the rest stands."""


class ServiceUnavailable(HubError):
    """The hub cannot keep its promises now, so nothing leaves."""


class Internal(HubError):
    """Masked: the cause stands in the hub's own log under the same trace id."""


class Several(HubError):
    """Several errors told at once; the first decides the HTTP status.

    Attributes:
        errors: At least one; a refusal names every excess field.
    """

    def __init__(self, errors: Sequence[HubError]) -> None:
        """Carry ``errors`` together."""
        super().__init__(errors[0].code, errors[0].message)
        self.errors = tuple(errors)


class Misconfigured(Exception):
    """The hub must not start.

    Attributes:
        problems: Everything found wrong, at least one sentence.
    """

    def __init__(self, problems: Sequence[str]) -> None:
        """List every problem found."""
        super().__init__("; ".join(problems))
        self.problems = tuple(problems)


def place_of(error: BaseException) -> str:
    """Return file and line at which ``error`` was raised: no values, which might be personal."""
    frame = error.__traceback__
    while frame and frame.tb_next:
        frame = frame.tb_next
    if frame is None:
        return ""
    file = frame.tb_frame.f_code.co_filename
    return f"{'/'.join(file.rsplit('/', 2)[-2:])}:{frame.tb_lineno}"
