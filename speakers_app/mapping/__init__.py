"""The mapping file: who the voices of a campaign are, written out, edited by hand, and read in again.

>>> change = import_mapping(campaign, read_mapping(write_mapping(campaign).encode()), owner)
>>> change.pk is None  # there was nothing to change
True
"""

from speakers_app.mapping.applying import PlanChanged, import_mapping
from speakers_app.mapping.choosing import campaign_called
from speakers_app.mapping.file import MAX_BYTES, Mapping, MappingFile, mapping_schema, read_mapping
from speakers_app.mapping.plan import Plan
from speakers_app.mapping.planning import plan_of
from speakers_app.mapping.writing import write_mapping

__all__ = [
    "MAX_BYTES",
    "Mapping",
    "MappingFile",
    "Plan",
    "PlanChanged",
    "campaign_called",
    "import_mapping",
    "mapping_schema",
    "plan_of",
    "read_mapping",
    "write_mapping",
]
