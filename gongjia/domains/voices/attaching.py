"""Files that come with a voice: looked at by their content, freed of what cameras write into them, sealed."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from gongjia.backbone.files import services as files
from gongjia.domains.voices import params, rules
from gongjia.domains.voices.models import Voice, VoiceFile
from gongjia.kernel.actors import Actor

_HEAD = 64


def faults_of(sent: Sequence[Any], *, on: date) -> list[str]:
    """What is wrong with uploaded files, one sentence each."""
    most = params.most_files(on)
    faults = [f"一次最多附 {most} 个文件，请分几次补充。"] if len(sent) > most else []
    limits = {"picture_mb": params.picture_mb(on), "sound_mb": params.sound_mb(on)}
    for each in sent[: most + 1]:
        head = each.read(_HEAD)
        each.seek(0)
        if fault := rules.file_fault(each.name, head, each.size, **limits):
            faults.append(fault)
    return faults


def attach(voice: Voice, sent: Sequence[Any], *, by: Actor, at: datetime) -> list[VoiceFile]:
    """Keep the files of a voice, inside the verb that makes or supplements it. Names are given anew: a file's own name
    may tell whose it is."""
    kept = []
    before = VoiceFile._base_manager.filter(voice=voice).count()
    for number, each in enumerate(sent, start=before + 1):
        content = rules.without_traces(each.read())
        kind = rules.TYPES[rules.sniffed(content[:_HEAD])]
        stored = files.store(
            organisation=voice.organisation,
            name=f"{kind.zh}{number}",
            kind="voice",
            chunks=[content],
            by=by,
            at=at,
        )
        row = VoiceFile(voice=voice, file=stored, kind=kind, type=rules.sniffed(content[:_HEAD]))
        row.save()
        kept.append(row)
    return kept
