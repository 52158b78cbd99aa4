"""Keep mail as files, where no mail server is set."""

from email import message_from_bytes, policy
from pathlib import Path
from uuid import uuid4

from .outcomes import UnreachableError


class FileChannel:
    """Keep each message as a file that any mail program opens and any person can read."""

    def __init__(self, folder: Path):
        self.folder = folder

    def open_message(self, sender: str, recipient: str) -> None:
        """Make sure that the message can be kept."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            self.folder.chmod(0o700)  # the messages hold addresses and the links of one person
        except OSError as error:
            raise UnreachableError("the folder for mail cannot be made") from error

    def send_message(self, data: bytes) -> tuple[int, str]:
        """Write the file at once: a reader never sees half of it."""
        name = f"{uuid4()}.eml"
        draft = self.folder / f".{name}"
        try:
            draft.touch(mode=0o600)
            draft.write_bytes(_readable(data))
            draft.rename(self.folder / name)
        except OSError as error:
            raise UnreachableError("the message cannot be written") from error
        return 250, name

    def drop(self) -> None:
        """Forget the message that was opened."""

    def close(self) -> None:
        """End the work."""


def _readable(data: bytes) -> bytes:
    """Return the message with its texts as UTF-8 instead of quoted-printable: links can then be copied."""
    message = message_from_bytes(data, policy=policy.SMTP.clone(cte_type="8bit", max_line_length=None))
    for part in message.walk():
        if part.get_content_maintype() == "text":
            part.set_content(part.get_content(), subtype=part.get_content_subtype(), cte="8bit")
    return message.as_bytes().replace(b"\r\n", b"\n")
