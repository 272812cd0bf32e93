"""Who has a desk in the work portal."""

from gongjia.backbone.posts.words import Role
from gongjia.kernel.permissions import Permission

PERMISSIONS = (Permission("work.enter", "使用工作网", frozenset(Role) - {Role.GROUP_LEADER}),)
