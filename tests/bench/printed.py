"""How a figure is shown: one line with its target."""

from __future__ import annotations


def title(text: str) -> None:
    print(f"\n{text}", flush=True)


def figure(name: str, value: str, target: str = "", met: bool = True) -> None:
    verdict = f"   target {target}: {'met' if met else 'MISSED'}" if target else ""
    print(f"  {name:<34} {value}{verdict}", flush=True)
