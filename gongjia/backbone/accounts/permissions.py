"""What posts may do with accounts."""

from gongjia.backbone.posts.words import Role
from gongjia.kernel.permissions import Permission

PERMISSIONS = (
    Permission(
        "accounts.vouch",
        "当面核对证件后，帮会员换手机号、放行新设备",
        frozenset({Role.CHAIR, Role.VICE_CHAIR, Role.CLERK, Role.TOWNSHIP_OFFICER, Role.ORGANISATION_OFFICER}),
        sensitive=True,
    ),
    Permission("accounts.manage", "开立和停用账号，重设密码和动态码", frozenset({Role.SYSTEM_OPERATOR})),
)
