"""Which of E-veselība's columns answer which published leaf."""

from types import MappingProxyType

from connectors.transports.needs import leaves

_DATED = ("doses.status", "doses.occurrence_date")
NEEDS = MappingProxyType(
    {
        **leaves(
            "vaccination",
            "doses",
            {"calendarStatus": "vaccine_atc"},
            always=("born", *_DATED),
        ),
        **leaves(
            "vaccination.immunizations",
            "doses",
            "status occurrence_date recorded_at vaccine_atc product lot_number expiry_date stage"
            " dose_number dose_ml route site indication target_disease source_updated_at",
            always=_DATED,
        ),
        **leaves(
            "vaccination.immunizations.institution",
            "doses.institution",
            "code branch_code name address",
            always=_DATED,
        ),
        **leaves(
            "vaccination.tuberculinTests",
            "tuberculin_tests",
            "done_on read_on size_mm source_updated_at",
            always=("tuberculin_tests.done_on",),
        ),
        **leaves(
            "vaccination.immunityChecks",
            "immunity_checks",
            "done_on disease titre immune source_updated_at",
            always=("immunity_checks.done_on",),
        ),
    }
)
PRESENCE = frozenset({"born"})
"""Every child is a patient, and most adults: this tells little of vaccination."""
