from datetime import timedelta

from django.apps import AppConfig


class MessagesConfig(AppConfig):
    name = "gongjia.engines.messages"
    label = "engine_messages"  # django.contrib.messages has the short one
    verbose_name = "消息"

    def ready(self) -> None:
        from gongjia.kernel import checkups, events
        from gongjia.theme import menus

        checkups.register("消息", "gongjia.engines.messages.checkups.unsent")
        events.declare("messages.to_send", "一条消息要发到平台之外")
        handlers = "gongjia.engines.messages.handlers"
        events.on(
            "messages.to_send",
            f"{handlers}.send",
            outside=True,
            first_wait=timedelta(minutes=5),  # eight tries in ten hours: a provider may be away for a night
            given_up=f"{handlers}.give_up",
        )
        menus.unread_comes_from("gongjia.engines.messages.queries.unread_of")
