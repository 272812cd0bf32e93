"""Pictures without what a camera writes into them: place, time, device, owner. Pure: bytes in, bytes out.

The picture itself is not read and not changed. Of a JPEG only what is needed to draw it is kept, with the turn of the
camera, and nothing behind its end (phones hide whole second pictures there); of a PNG only its drawing chunks.
"""

import struct

MOST_BYTES = 10 * 1024 * 1024
_JPEG, _PNG = b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"
#: Segments of a JPEG that draw it: tables, frames, JFIF, colour profile, Adobe's colour transform.
_APP0, _APP1, _APP2, _APP14, _COM = 0xE0, 0xE1, 0xE2, 0xEE, 0xFE
_SCAN, _END = 0xDA, 0xD9
_DRAWS = {b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"sBIT", b"pHYs", b"bKGD"}
_ORIENTATION = 0x0112


def without_traces(content: bytes) -> tuple[str, bytes]:
    """The kind of a picture ("jpg", "png") and its clean bytes. Raises ValueError, in Chinese, for what is no picture
    of these kinds, is too large or cut off."""
    if len(content) > MOST_BYTES:
        raise ValueError("照片太大，请选小于 10 MB 的。")
    try:
        if content.startswith(_JPEG):
            return "jpg", _clean_jpeg(content)
        if content.startswith(_PNG):
            return "png", _clean_png(content)
    except (IndexError, struct.error) as wrong:
        raise ValueError("照片不完整，请重新选一次。") from wrong
    raise ValueError("只收 JPG 和 PNG 照片。")


def _clean_jpeg(content: bytes) -> bytes:
    kept, place, turn = [content[:2]], 2, 0
    while True:
        while content[place + 1] == 0xFF:  # a marker may be filled up
            place += 1
        if content[place] != 0xFF:
            raise IndexError
        marker = content[place + 1]
        if marker == _END:
            kept.append(content[place : place + 2])
            break
        size = struct.unpack_from(">H", content, place + 2)[0]
        segment = content[place : place + 2 + size]
        if len(segment) < 2 + size:
            raise IndexError
        place += 2 + size
        if marker == _APP1:
            turn = turn or _turn_of(segment)
        if marker == _SCAN:
            end = _end_of_scan(content, place)
            segment += content[place:end]
            place = end
        if not (_APP0 <= marker <= 0xEF or marker == _COM) or _is_drawing(marker, segment):
            kept.append(segment)
    if turn > 1:
        kept.insert(1, _with_turn(turn))
    return b"".join(kept)


def _is_drawing(marker: int, segment: bytes) -> bool:
    name = segment[4:18]
    if marker == _APP0:
        return name.startswith(b"JFIF\0")
    return (marker == _APP2 and name.startswith(b"ICC_PROFILE\0")) or (marker == _APP14 and name.startswith(b"Adobe"))


def _end_of_scan(content: bytes, place: int) -> int:
    """Where the next segment begins: in a scan 0xFF is followed by nought or by a restart mark."""
    while (place := content.find(b"\xff", place)) >= 0:
        after = content[place + 1]
        if after == 0xFF:
            place += 1
        elif after == 0 or 0xD0 <= after <= 0xD7:
            place += 2
        else:
            return place
    raise IndexError


def _turn_of(segment: bytes) -> int:
    """How the camera was held (1 to 8), out of EXIF; 0 where it does not say."""
    if segment[4:10] != b"Exif\0\0":
        return 0
    tiff = segment[10:]
    try:
        order = {b"II": "<", b"MM": ">"}[tiff[:2]]
        start = struct.unpack_from(f"{order}I", tiff, 4)[0]
        for number in range(struct.unpack_from(f"{order}H", tiff, start)[0]):
            tag, _, _, value = struct.unpack_from(f"{order}HHIH", tiff, start + 2 + 12 * number)
            if tag == _ORIENTATION:
                return value if 1 <= value <= 8 else 0
    except (KeyError, struct.error):
        return 0
    return 0


def _with_turn(turn: int) -> bytes:
    """A segment that says how the camera was held, and nothing else."""
    tiff = b"MM\0*" + struct.pack(">IHHHIHHI", 8, 1, _ORIENTATION, 3, 1, turn, 0, 0)
    body = b"Exif\0\0" + tiff
    return b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body


def _clean_png(content: bytes) -> bytes:
    kept, place = [_PNG], len(_PNG)
    while True:
        size, name = struct.unpack_from(">I4s", content, place)
        chunk = content[place : place + 12 + size]
        if len(chunk) < 12 + size:
            raise IndexError
        if name in _DRAWS:
            kept.append(chunk)
        place += 12 + size
        if name == b"IEND":
            return b"".join(kept)
