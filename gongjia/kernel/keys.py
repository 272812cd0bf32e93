"""The keyring: the numbered keys of one installation, kept in a JSON file apart from the data they lock.

Without this file nothing that is sealed can be read again: it is backed up by itself, never beside the database.
A Keyring does not change; `add_generation` and `retire_old` give a new one, which `save` puts in the place of the file.
"""

import base64
import json
import os
import secrets
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Self

from gongjia.kernel.crypto import Ed25519Signer, EncryptionKey, MacKey, Signer, Suite, UnknownKey, key_id_of

FORMAT = 1
INDEX_BYTES = 16
INDEX_LENGTH = 5 + 1 + 2 * INDEX_BYTES
SEED_BYTES = 32
_MAX_ID = 0xFFFF


class KeysMissing(Exception):
    """There is no key file where the settings say."""


class KeysBad(Exception):
    """The key file cannot be used, or a step with it would lose keys."""


def index_key_id_of(index: str) -> int:
    """The number of the index key that made `index`, to find the rows that a rotation still has to visit."""
    return int(index.partition(".")[0])


@dataclass(frozen=True)
class SigningKey:
    """A numbered signer: its number stands in what it signs. `seed` is its private key."""

    id: int
    seed: bytes = field(repr=False)

    @cached_property
    def _signer(self) -> Signer:
        return Ed25519Signer(self.seed)

    @property
    def public_key(self) -> bytes:
        return self._signer.public_key

    def sign(self, message: bytes) -> bytes:
        return self._signer.sign(message)

    def verify(self, message: bytes, signature: bytes) -> bool:
        return self._signer.verify(message, signature)


@dataclass(frozen=True)
class Keyring:
    """Keys newest first: the first of each kind is active, the others are old and only read."""

    suite: Suite
    encryption: tuple[EncryptionKey, ...]
    index: tuple[MacKey, ...]
    audit: MacKey
    signing: tuple[SigningKey, ...]

    @classmethod
    def create(cls, suite: Suite | str = Suite.INTERNATIONAL) -> Self:
        suite = Suite(suite)
        return cls(
            suite=suite,
            encryption=(EncryptionKey(1, suite, secrets.token_bytes(suite.key_bytes)),),
            index=(MacKey(1, suite, secrets.token_bytes(32)),),
            audit=MacKey(0, suite, secrets.token_bytes(32)),
            signing=(SigningKey(1, secrets.token_bytes(SEED_BYTES)),),
        )

    @classmethod
    def load(cls, path: Path | str) -> Self:
        """Raises KeysMissing or KeysBad with a sentence for the operator."""
        path = Path(path)
        try:
            if os.name == "posix" and path.stat().st_mode & 0o007:
                raise KeysBad(f"钥匙文件 {path} 对其他用户开放，不安全。请执行 chmod 600 {path} 后重新启动")
            text = path.read_text("utf-8")
        except FileNotFoundError:
            raise KeysMissing(
                f"没有找到钥匙文件 {path}。没有它，已加密的身份证号、手机号都无法读出。"
                "请从单独保管的备份中恢复它；只有全新安装才可以新建"
            ) from None
        except (OSError, UnicodeDecodeError) as error:
            raise KeysBad(f"钥匙文件 {path} 无法读取：{error}。请检查文件权限，或从备份恢复") from error
        try:
            return cls(**_parts(json.loads(text)))
        except (ValueError, KeyError, TypeError) as error:
            raise KeysBad(
                f"钥匙文件 {path} 已损坏或不完整（{error}）。请从单独保管的备份中恢复，不要手工修改"
            ) from error

    def save(self, path: Path | str) -> None:
        """Put the file in place at once and whole, mode 0600. Raises KeysBad where older keys would be lost."""
        path = Path(path)
        fresh = not path.exists()
        if not fresh:
            self._must_keep(type(self).load(path), path)
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                json.dump(_to_json(self), file, indent=1)
                file.flush()
                os.fsync(file.fileno())
            # A link refuses where another process was faster; a replacement would throw its keys away.
            if fresh:
                path.hardlink_to(name)
            else:
                Path(name).replace(path)
        except FileExistsError:
            raise KeysBad(f"另一个程序刚刚写入了钥匙文件 {path}。请重新启动，使用它写好的那一份") from None
        finally:
            Path(name).unlink(missing_ok=True)
        _sync_folder(path.parent)

    def _must_keep(self, before: "Keyring", path: Path) -> None:
        lost = set(before.encryption) - set(self.encryption) or set(before.signing) - set(self.signing)
        if lost or before.audit.secret != self.audit.secret:
            raise KeysBad(
                f"钥匙文件 {path} 里已有别的钥匙，覆盖后旧数据将无法解开，所以没有写入。请换一个位置，或先移走旧文件"
            )

    @property
    def rotating(self) -> bool:
        """Two index keys live: between `add_generation` and `retire_old`."""
        return len(self.index) > 1

    def add_generation(self, suite: Suite | str | None = None) -> Self:
        """With new active keys of each kind, of another suite if wished. Raises KeysBad while a rotation is unfinished.

        What was signed before stays good: the older signing keys go on verifying, and sign nothing any more.
        """
        if self.rotating:
            raise KeysBad("上一次换钥还没有做完。请先执行 gongjia rotate 把它做完，再换新的")
        suite = Suite(suite or self.suite)
        number = 1 + max(self.active_id, self.active_index_id)
        if number > _MAX_ID:
            raise KeysBad(f"钥匙编号已用到上限 {_MAX_ID}，不能再换钥")
        new_key = EncryptionKey(number, suite, secrets.token_bytes(suite.key_bytes))
        new_index = MacKey(number, suite, secrets.token_bytes(32))
        signing = SigningKey(1 + self.signing[0].id, secrets.token_bytes(SEED_BYTES))
        return replace(
            self,
            suite=suite,
            encryption=(new_key, *self.encryption),
            index=(new_index, *self.index),
            signing=(signing, *self.signing),
        )

    def retire_old(self) -> Self:
        """A keyring that looks up under the active index key alone. Old encryption keys stay: backups need them."""
        return replace(self, index=self.index[:1])

    @cached_property
    def _by_id(self) -> dict[int, EncryptionKey]:
        return {key.id: key for key in self.encryption}

    @property
    def active_id(self) -> int:
        return self.encryption[0].id

    @property
    def active_index_id(self) -> int:
        return self.index[0].id

    def seal(self, plaintext: str | bytes, *, context: bytes) -> bytes:
        """Encrypt under the active key, bound to `context` (crypto.context_of). Length: plaintext + 32 bytes."""
        return self.seal_many([(plaintext, context)])[0]

    def seal_many(self, items: Iterable[tuple[str | bytes, bytes]]) -> list[bytes]:
        """`seal` for (plaintext, context) pairs, in their order."""
        return self.encryption[0].seal_many([(_as_bytes(plain), _present(context)) for plain, context in items])

    def open_(self, blob: bytes, *, context: bytes) -> bytes:
        """Decrypt under whichever key sealed it. Raises NotSealed, UnknownKey, WrongContext."""
        blob = bytes(blob)
        number = key_id_of(blob)
        key = self._by_id.get(number)
        if key is None:
            raise UnknownKey(f"这段数据用第 {number} 号钥匙加密，当前钥匙文件里没有它。请从备份恢复包含它的钥匙文件")
        return key.open_(blob, context=_present(context))

    def open_text(self, blob: bytes, *, context: bytes) -> str:
        """`open_` for what was sealed as text."""
        return self.open_(blob, context=context).decode()

    def blind_index(self, value: str, *, purpose: str) -> str:
        """A keyed fingerprint to find a whole value by; `value` must be normalised. At most INDEX_LENGTH characters.

        It begins with the number of its key, so a UNIQUE column holds only among rows under one key: while `rotating`,
        ask for all of `blind_indexes` before writing.
        """
        return self.blind_index_many([value], purpose=purpose)[0]

    def blind_index_many(self, values: Iterable[str], *, purpose: str, key: MacKey | None = None) -> list[str]:
        """`blind_index` for many values, under the active key or another one that is live."""
        return _fingerprints(key or self.index[0], values, purpose)

    def blind_indexes(self, value: str, *, purpose: str) -> list[str]:
        """The fingerprints under every live index key, active first: look up with `__in`."""
        return [_fingerprint(key, value, purpose) for key in self.index]

    def audit_mac(self, message: bytes) -> bytes:
        """32 bytes that nobody can make without the key file: for what is added to a chain of evidence."""
        return self.audit.mac(message)

    @property
    def signer(self) -> SigningKey:
        """Who signs now."""
        return self.signing[0]

    def signer_of(self, number: int) -> Signer | None:
        """Who signed under this number, now or before; None for a number that was never given."""
        return next((key for key in self.signing if key.id == number), None)


def _fingerprint(key: MacKey, value: str, purpose: str) -> str:
    return _fingerprints(key, [value], purpose)[0]


def _fingerprints(key: MacKey, values: Iterable[str], purpose: str) -> list[str]:
    """A roster asks for a million: hence nothing is looked up in the loop."""
    mac, number, before = key.mac, f"{key.id}.", f"{purpose}\0".encode()
    found = []
    for value in values:
        if not value or not purpose:
            raise ValueError("an empty value has no fingerprint: all such rows would look like one")
        found.append(number + mac(before + value.encode())[:INDEX_BYTES].hex())
    return found


def _as_bytes(plaintext: str | bytes) -> bytes:
    return plaintext.encode() if isinstance(plaintext, str) else plaintext


def _present(context: bytes) -> bytes:
    if not context:
        raise ValueError("a sealed value needs a context: table.column:row")
    return context


def _sync_folder(folder: Path) -> None:
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _to_json(ring: Keyring) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "suite": ring.suite,
        "encryption": _rows(ring.encryption),
        "index": _rows(ring.index),
        "audit": {"suite": ring.audit.suite, "secret": _encode(ring.audit.secret)},
        "signing": [
            {"id": key.id, "state": "old" if place else "active", "algorithm": "ed25519", "secret": _encode(key.seed)}
            for place, key in enumerate(ring.signing)
        ],
    }


def _rows(keys: Sequence[EncryptionKey | MacKey]) -> list[dict[str, Any]]:
    return [
        {"id": key.id, "state": "old" if place else "active", "suite": key.suite, "secret": _encode(key.secret)}
        for place, key in enumerate(keys)
    ]


def _parts(data: dict[str, Any]) -> dict[str, Any]:
    """The fields of a Keyring; raises ValueError, KeyError or TypeError where the file says something impossible."""
    if data["format"] != FORMAT:
        raise ValueError(f"格式版本 {data['format']} 不认识")
    signing = [_signing_key(row) for row in _newest_first(_signing_rows(data["signing"]))]
    encryption = [_encryption_key(row) for row in _newest_first(data["encryption"])]
    index = [MacKey(row["id"], Suite(row["suite"]), _decode(row, 32)) for row in _newest_first(data["index"])]
    if Suite(data["suite"]) is not encryption[0].suite:
        raise ValueError("算法套件与启用中的钥匙不一致")
    return {
        "suite": Suite(data["suite"]),
        "encryption": tuple(encryption),
        "index": tuple(index),
        "audit": MacKey(0, Suite(data["audit"]["suite"]), _decode(data["audit"], 32)),
        "signing": tuple(signing),
    }


def _encryption_key(row: dict[str, Any]) -> EncryptionKey:
    suite = Suite(row["suite"])
    return EncryptionKey(row["id"], suite, _decode(row, suite.key_bytes))


def _signing_rows(found: Any) -> list[dict[str, Any]]:
    """A file of the time when there was one signing key for ever has it without a number."""
    return [{"id": 1, "state": "active", **found}] if isinstance(found, dict) else found


def _signing_key(row: dict[str, Any]) -> SigningKey:
    if row["algorithm"] != "ed25519":
        raise ValueError("签名算法不认识")
    return SigningKey(row["id"], _decode(row, SEED_BYTES))


def _newest_first(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    numbers = [row["id"] for row in rows]
    if len(set(numbers)) != len(numbers) or not all(isinstance(n, int) and 1 <= n <= _MAX_ID for n in numbers):
        raise ValueError("钥匙编号重复或超出范围")
    ordered = sorted(rows, key=lambda row: -row["id"])
    if [row["state"] for row in ordered] != ["active"] + ["old"] * (len(ordered) - 1):
        raise ValueError("必须恰好有一把启用中的钥匙，并且是编号最大的一把")
    return ordered


def _encode(secret: bytes) -> str:
    return base64.b64encode(secret).decode()


def _decode(row: dict[str, Any], length: int) -> bytes:
    secret = base64.b64decode(row["secret"], validate=True)
    if len(secret) != length:
        raise ValueError("钥匙长度不对")
    return secret
