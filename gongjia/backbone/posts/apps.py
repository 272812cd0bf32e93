from django.apps import AppConfig


class PostsConfig(AppConfig):
    name = "gongjia.backbone.posts"
    verbose_name = "职务"

    def ready(self) -> None:
        from gongjia.backbone.posts.permissions import PERMISSIONS
        from gongjia.kernel import events, permissions

        permissions.register(*PERMISSIONS)
        events.declare("posts.ended", "登记了一个职务的离任，可以是还没有到的日子")
        events.listen("organisations.merged", "gongjia.backbone.posts.listeners.follow_end")
        events.listen("organisations.dissolved", "gongjia.backbone.posts.listeners.follow_end")
