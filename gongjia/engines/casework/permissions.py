"""What posts may do with matters of every kind."""

from gongjia.engines.casework.handing.flow import HANDLE
from gongjia.kernel.permissions import Permission

_OFFICE = frozenset(
    {"organisation_officer", "rights_officer", "township_officer", "office_officer", "chair", "vice_chair", "clerk"}
)
PERMISSIONS = (Permission(HANDLE, "转办、交办、督办、会办事项，接收和反馈", _OFFICE | {"leader"}),)
