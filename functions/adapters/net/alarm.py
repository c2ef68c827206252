"""Sends alerts by SMTP and to a webhook."""

import smtplib
import ssl
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

from functions.adapters.net import chat, outgoing
from functions.application.ports import Alert
from functions.domain.model.addresses import is_mail_address
from functions.domain.model.errors import Cause, Refused, Transient
from functions.domain.model.messages import say
from functions.domain.model.text import readable
from functions.domain.settings.schema import AlertSettings

SECONDS = 15.0


class Alarm:
    """The port `Alarm`. `smtp_url`: `smtp://user:password@host:587` (STARTTLS) or `smtps://…:465`; "" = no e-mail."""

    def __init__(self, smtp_url: str, sender: str, *, allow_private: bool) -> None:
        self._smtp = urlsplit(smtp_url)
        self._sender = sender
        self._allow_private = allow_private

    def send(self, where: AlertSettings, alert: Alert) -> None:
        """Send to the webhook and then by e-mail, if set; the first that fails raises `Transient` or `Refused`."""
        if where.webhook_url:
            self._post(where, alert)
        if where.email:
            self._mail(where.email, alert)

    def _post(self, where: AlertSettings, alert: Alert) -> None:
        body = chat.body_of(chat.form_of(where), alert)
        session = outgoing.session(allow_private=self._allow_private, timeout=SECONDS)
        with session, outgoing.reaching("The alert webhook"):
            answer = session.post(where.webhook_url, json=body)
        if not answer.ok:
            says = say("The alert webhook did not take the message; it answered {}.", answer.status_code)
            raise Transient(says, reason=f"http_{answer.status_code}")

    def _mail(self, email: str, alert: Alert) -> None:
        if not self._smtp.hostname:
            raise Refused("No mail server is set; set SMTP_URL and SMTP_FROM.", reason=Cause.NO_MAIL_SERVER)
        if not is_mail_address(email):
            raise Refused("The address for alerts is no mail address; correct it.", reason="bad_address")
        message = EmailMessage()
        subject = " ".join(readable(alert.title).split())  # an old title may contain a name that was never checked
        message["To"], message["Subject"] = email, subject
        message.set_content(f"{alert.text}\n\n{alert.link}\n")
        try:
            message["From"] = self._sender or email
            with self._server() as server:
                if self._smtp.username:
                    server.login(unquote(self._smtp.username), unquote(self._smtp.password or ""))
                server.send_message(message)
        except (OSError, smtplib.SMTPException, ValueError) as error:  # the last: what SMTP_URL and SMTP_FROM cannot be
            raise Transient("The mail server did not take the alert.", reason=type(error).__name__.lower()) from None

    def _server(self) -> smtplib.SMTP:
        host = self._smtp.hostname or ""
        context = ssl.create_default_context()
        if self._smtp.scheme == "smtps":
            return smtplib.SMTP_SSL(host, self._smtp.port or 465, timeout=SECONDS, context=context)
        server = smtplib.SMTP(host, self._smtp.port or 587, timeout=SECONDS)
        server.ehlo()
        if server.has_extn("starttls"):
            server.starttls(context=context)
        elif self._smtp.username:
            server.close()
            raise Refused("The mail server offers no encryption; no password is sent there.", reason="no_tls")
        return server
