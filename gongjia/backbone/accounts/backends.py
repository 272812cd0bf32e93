"""The backend of sign-in: allauth's, with the person fetched along, since every page shows the name."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend

from gongjia.backbone.accounts.models import Account


class Backend(AuthenticationBackend):  # type: ignore[misc]  # the library has no types
    def get_user(self, user_id: Any) -> Account | None:
        """The account of a session, if it is still in use."""
        return Account.objects.select_related("person").filter(pk=user_id, is_active=True).first()
