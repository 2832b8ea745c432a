"""Sign-in, roles, and what is said to somebody who has none."""

from __future__ import annotations

from collections.abc import Mapping

from geoplan.types import Text

TEXTS: Mapping[str, Text] = {
    "people_title": Text("Sign in", "登录"),
    "people_nobody": Text(
        "The plans here are for people who sign in. You come back to the page you asked for.",
        "此处规划须登录后查看。登录后将回到您要打开的页面。",
    ),
    "people_ended": Text(
        "Your session has ended. Sign in again to go on where you were.", "您的会话已结束。请重新登录后继续。"
    ),
    "people_no_role": Text(
        "You are signed in as {name}, and that account has no role here, so nothing is shown. Ask whoever runs this "
        "app to list it as a viewer or an editor.",
        "您已以 {name} 登录，但该账号在此没有角色，因此不显示任何内容。请联系应用管理员将其列为查看者或编辑者。",
    ),
    "people_unverified": Text(
        "You are signed in as {name}, and the sign-in service does not say that your e-mail address is verified, so it "
        "gives no role here. Verify it there, or ask whoever runs this app.",
        "您已以 {name} 登录，但登录服务未确认您的电子邮件地址，因此不授予角色。"
        "请先在登录服务处验证，或联系应用管理员。",
    ),
    "people_not_safe": Text("{where}: the app cannot be served safely:", "{where}：无法安全地提供服务："),
    "people_settings": Text(
        "Nobody can be let in, because the settings for sign-in have a mistake. Tell whoever runs this app: the log "
        "says what it is.",
        "登录设置有误，暂时无法进入。请告知应用管理员：日志中有详细说明。",
    ),
    "people_failed": Text(
        "Signing in did not work: it was broken off, or the sign-in service did not answer. Try again; if it happens "
        "again, tell whoever runs this app.",
        "登录未成功：已中止，或登录服务没有响应。请重试；如再次出现，请告知应用管理员。",
    ),
    "people_sign_in": Text("Sign in", "登录"),
    "people_sign_in_with": Text("Sign in with {provider}", "使用 {provider} 登录"),
    "people_sign_out": Text("Sign out", "退出登录"),
    "people_other_account": Text("Sign out and use another account", "退出并使用其他账号"),
    "people_editor": Text("Editor: may look and change", "编辑者：可查看和修改"),
    "people_viewer": Text("Viewer: may look and download", "查看者：可查看和下载"),
    "people_paused": Text("Changes are switched off for now.", "目前已停止修改。"),
    "people_read_only": Text("Read only", "只读"),
    "people_read_only_why": Text(
        "No sign-in is set up, so only the machine the app runs on may change anything. Whoever runs the app finds in "
        "docs/serving.md how a team signs in.",
        "未设置登录，因此只有运行本应用的机器可以修改。应用管理员可参见 docs/serving.md 为团队设置登录。",
    ),
    "people_open": Text("Open to everybody", "对所有人开放"),
    "people_open_why": Text(
        "Anybody who reaches this page may change the plans: whoever runs the app set GEOPLAN_ACCESS=open.",
        "任何能打开本页面的人都可修改规划：应用管理员已设置 GEOPLAN_ACCESS=open。",
    ),
    "people_may_not_write": Text(
        "changing anything takes the role of an editor, and nothing was changed.",
        "修改需要“编辑者”角色，未作任何修改。",
    ),
    "people_may_not_write_todo": Text(
        "Sign in with an account that has it, or ask whoever runs the app.",
        "请使用具有该角色的账号登录，或联系应用管理员。",
    ),
}
