"""What every screen needs: the language, the page frame, the message after an action, the error page."""

from collections import defaultdict
from collections.abc import Callable
from typing import Any

from flask import Request, Response, redirect, render_template, request
from werkzeug.datastructures import MultiDict

from functions.application.diagnosing.summary import Summary, summary_of
from functions.application.finding.names import Catalogue, Names
from functions.application.ports import Body, Ports
from functions.application.setting_up import changes, partial_settings, removal
from functions.application.setting_up.preview import Plan
from functions.application.setting_up.settings_input import ONE_OF, SECRET_NAMES, raw_of
from functions.application.store import integrations
from functions.domain.model.errors import Conflict, Invalid, SyncError, Unauthentic
from functions.domain.model.messages import Message, say
from functions.domain.settings.integration import Integration, Phase
from functions.domain.settings.schema import Settings
from functions.entrypoints.console.forms import fields as form
from functions.entrypoints.console.forms.fields import Field
from functions.entrypoints.console.journal_sentences import planned
from functions.entrypoints.console.roles import Role, seen_by
from functions.entrypoints.console.session import Sessions
from functions.entrypoints.console.texts import LANGUAGES, Texts
from functions.entrypoints.console.undo_offer import change_made, offered
from functions.entrypoints.http.handlers import STATUSES
from functions.entrypoints.http.incoming import way_back

LANGUAGE_COOKIE = "console_language"
Who = Callable[[Request], str]
Menu = tuple[tuple[str, tuple[str, ...]], ...]  # its groups, each with its pages


class Pages:
    """Renders the console's pages for the current request."""

    def __init__(self, ports: Ports, catalogue: Catalogue, who: Who, sessions: Sessions, menu: Menu) -> None:
        self.ports = ports
        self.catalogue = catalogue
        self._who = who
        self._sessions = sessions
        self._menu = menu

    def actor(self) -> str:
        """Return the caller's name, for journal and history; raises `Unauthentic`."""
        return self._who(request)

    @property
    def secure(self) -> bool:
        """Whether the console is served over https."""
        return self._sessions.secure

    def may_act(self) -> bool:
        """Whether the caller is signed in and may change anything."""
        return self._role() is Role.ADMINISTRATOR

    def _role(self) -> Role | None:
        """Return the caller's role, None for somebody who is not signed in."""
        try:
            return self._sessions.role(request)
        except Unauthentic:
            return None

    def seen(self, settings: Body) -> Body:
        """Return settings as the caller may see them."""
        return seen_by(Role.ADMINISTRATOR if self.may_act() else Role.READER, settings)

    def texts(self, integration: Integration | None = None) -> Texts:
        """Return the texts in the language chosen with the switch, else the integration's, else the browser's."""
        chosen = request.cookies.get(LANGUAGE_COOKIE, "")
        if chosen not in LANGUAGES:
            browser = request.accept_languages.best_match(LANGUAGES) or "en"
            chosen = integration.settings.language if integration is not None else browser
        return Texts(chosen, integration.settings.timezone if integration is not None else "Europe/Amsterdam")

    def page(self, template: str, int_id: str = "", status: int = 200, **values: Any) -> Response:
        """Render a page, of one integration if `int_id` is given; raises `Gone` for an unknown one."""
        now = self.ports.clock()
        found: Summary | None = summary_of(self.ports, int_id) if int_id else None
        t = self.texts(found.integration if found is not None else None)
        names = self.catalogue.of(int_id) if int_id else Names()
        said = request.args.get("said", "")
        body = render_template(
            template,
            t=t,
            summary=found,
            integration=found.integration if found is not None else None,
            base=f"/console/integrations/{int_id}",
            form_token=self._sessions.form_token(request),
            now=now,
            names=names,
            step_says=lambda step: planned(step, names, t),
            menu_groups=self._menu if found is None or found.integration.phase is Phase.DRAFT else self._menu[::-1],
            here=values.pop("here", ""),
            said=said if t.has(f"said.{said}") else "",
            taking_back=offered(self.ports, int_id, said, request.args.get("undo", ""), self.actor())
            if int_id and said
            else None,
            can_sign_out=self._sessions.can_sign_out,
            may=self.may_act(),
            signed_in=self._role() is not None,
            back=request.full_path.rstrip("?"),
            here_again=request.full_path.rstrip("?"),
            **values,
        )
        return Response(body, status, mimetype="text/html")

    def back(self, address: str) -> str:
        """Return the console page that a form returns to, else this address."""
        return way_back(request.form.get("back", ""), address)

    def done(self, address: str, said: str, change: str = "") -> Response:
        """Redirect to a page that says what was done, and offers to undo that change of the settings."""
        mark, undo = "&" if "?" in address else "?", f"&undo={change}" if change else ""
        return Response("", 303, {"Location": redirect(f"{address}{mark}said={said}{undo}").headers["Location"]})

    def failed(self, error: SyncError, int_id: str = "") -> Response:
        """Return an error page: the error's sentence, and the way back."""
        status = next((code for kind, code in STATUSES if isinstance(error, kind)), 500)
        known = int_id if int_id and integrations.find(self.ports.documents, int_id) is not None else ""
        return self.page("error.html", known, status, error=error, title="error")

    def save(
        self,
        int_id: str,
        fields: tuple[Field, ...],
        screen: str,
        faulty: Callable[[SyncError], Response],
        *,
        part: dict[str, Any] | None = None,
        secret: str = "",
        address: str = "",
        then: str = "",
    ) -> Response:
        """Save a screen's form and redirect to the screen `then` (default: its own).

        With faults it returns the `faulty` page; if a plan must be confirmed first, the page of that plan. `address` is
        the form's address, if that is not its screen's.
        """
        own = f"/console/integrations/{int_id}"
        typed = request.form.get(secret, "").strip() if secret else ""
        names = [field.name for field in fields]
        before = integrations.get(self.ports.documents, int_id)
        try:
            saved = partial_settings.save_part(
                self.ports,
                int_id,
                part if part is not None else form.part_from(request.form, fields),
                names,
                self.actor(),
                secrets={secret: typed} if typed else None,
                seen=request.form.get("seen", ""),
                apply=request.form.get("apply", ""),
            )
        except changes.PlanFirst as first:
            return self.choose(int_id, first.plan, screen, address or f"{own}/{screen}".rstrip("/"))
        except (Invalid, Conflict) as error:
            return faulty(error)
        if request.form.get("left") == "remove" and (left := removal.take_unmapped(self.ports, int_id)):
            return self.page("unmapped.html", int_id, here=screen or "home", left=left)
        return self.done(f"{own}/{then or screen}".rstrip("/"), "saved", change_made(self.ports, before, saved))

    def choose(self, int_id: str, plan: Plan, screen: str, address: str) -> Response:
        """Return the page that shows what changed settings would do, and asks what they apply to."""
        again = [
            (k, v) for k, v in request.form.items(multi=True) if k not in ("csrf_token", "apply", "left", *SECRET_NAMES)
        ]
        integration = integrations.get(self.ports.documents, int_id)
        scopes = changes.choices(self.ports.documents, integration)
        button = f"“{self.texts(integration)('changed.all')}”"
        return self.page(
            "changed.html",
            int_id,
            409,
            here=screen or "home",
            plan=plan,
            again=again,
            address=address,
            most=100,
            scopes=scopes,
            why_so_few=changes.why_so_few(integration, button) if scopes != changes.SCOPES else "",
        )

    def confirm(
        self, int_id: str, address: str, deed: str, again: list[tuple[str, str]], *, here: str, n: int = 1
    ) -> Response:
        """Return a page that asks for confirmation; its button sends the same form to `address` again."""
        cancel = self.back(f"/console/integrations/{int_id}" + ("" if here == "home" else f"/{here}"))
        return self.page("confirm.html", int_id, here=here, address=address, deed=deed, again=again, cancel=cancel, n=n)

    def form(self, int_id: str, fields: tuple[Field, ...], typed: MultiDict[str, str] | None = None) -> dict[str, Any]:
        """Return the values of a settings form: the stored ones, or those just typed."""
        settings = self._settings(int_id)
        names = [field.name for field in fields]
        raw = self.seen(raw_of(settings))
        if typed is not None:
            values = form.shown(partial_settings.merged(raw, form.part_from(typed, fields)), fields)
            values |= {field.name: typed.get(field.name, "") for field in fields if field.kind == "codes"}
        else:
            values = form.shown(raw, fields)
        defaults = form.shown(raw_of(Settings(id="")), fields)
        seen = typed.get("seen", "") if typed is not None else partial_settings.mark(settings, names)
        return {"values": values, "defaults": defaults, "seen": seen}

    def _settings(self, int_id: str) -> Settings:
        return integrations.get(self.ports.documents, int_id).settings

    def faults(self, error: SyncError, fields: tuple[Field, ...], t: Texts) -> dict[str, list[str]]:
        """Return an error's sentences by field; "" holds those that belong to no field on this screen."""
        at: dict[str, list[str]] = defaultdict(list)
        if not isinstance(error, Invalid):
            return {"": [t.sentence(str(error))]}
        given: dict[str, list[str]] = defaultdict(list)
        for fault in error.faults:
            given[fault.field].append(fault.message)
        for place, message in form.by_field(given, fields):
            if (says := t.sentence(_named(message, place, fields, t))) not in at[place]:
                at[place].append(says)
        order = [*(field.name for field in fields), ""]  # as on the screen; what has no field comes last
        return {place: at[place] for place in order if place in at}


def _named(message: str, place: str, fields: tuple[Field, ...], t: Texts) -> str:
    """Return a fault's message; codes of a field's choices are replaced by the names that the form shows."""
    choices = next((field.choices for field in fields if field.name == place), ())
    if isinstance(message, Message) and message.template == ONE_OF and choices:
        return say(ONE_OF, ", ".join(f"“{t(f'field.{place}.{choice}')}”" for choice in choices))
    return message
