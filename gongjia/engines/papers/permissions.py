"""What posts may do with papers."""

from gongjia.kernel.permissions import Permission

_OFFICE = frozenset({"organisation_officer", "township_officer", "office_officer", "chair", "vice_chair", "clerk"})

PERMISSIONS = (
    Permission("papers.read", "查看和下载公文", _OFFICE | {"leader", "auditor"}),
    Permission("papers.numbers", "登记文号、设定机关代字、作废公文", _OFFICE),
    Permission("papers.templates", "更换公文的 Word 模板", _OFFICE),
)
