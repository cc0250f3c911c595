"""Verdicts for a person, for a summary page of CI, and as JUnit."""

import xml.etree.ElementTree as ET
from collections.abc import Sequence

from seawall.lab.slo import SloVerdict


def verdict_lines(verdicts: Sequence[SloVerdict], *, name: str) -> str:
    """Write verdicts as a Markdown table."""
    broken = sum(not one.met and one.level == "critical" for one in verdicts)
    warned = sum(not one.met and one.level == "warning" for one in verdicts)
    rows = "".join(
        f"| {one.subject or 'all'} | {one.threshold} | {one.measured:,.5g} | {one.level} |"
        f" {'met' if one.met else '**not met**'} |\n"
        for one in verdicts
    )
    return (
        f"### {name}: {'failed' if broken else 'passed'}\n\n"
        f"{len(verdicts)} thresholds, {broken} critical ones not met, {warned} warnings.\n\n"
        f"| of | threshold | measured | level | |\n|---|---|---:|---|---|\n{rows}"
    )


def junit_xml(verdicts: Sequence[SloVerdict], *, name: str) -> bytes:
    """Write verdicts as JUnit: a critical one that is not met fails, a warning is told."""
    failures = [one for one in verdicts if not one.met and one.level == "critical"]
    suite = ET.Element(
        "testsuite",
        name=name,
        tests=str(len(verdicts)),
        failures=str(len(failures)),
        errors="0",
        skipped="0",
    )
    for one in verdicts:
        case = ET.SubElement(
            suite, "testcase", classname=one.subject or "all", name=f"{one.level} {one.threshold}"
        )
        said = f"measured {one.measured:.6g}, asked {one.threshold}"
        if one.met:
            continue
        if one.level == "critical":
            ET.SubElement(case, "failure", message=said)
        else:
            ET.SubElement(case, "system-out").text = f"warning: {said}"
    ET.indent(suite)
    text: bytes = ET.tostring(suite, encoding="utf-8", xml_declaration=True)
    return text + b"\n"
