"""Frameworks of skills that the operator imported: ESCO, RNCP, the university's own."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from backpack.database import Row, random_name


class Framework(Row):
    """A named list of skills. Importing it again under the same name brings it up to date."""

    __tablename__ = "framework"
    public_id: Mapped[str] = mapped_column(unique=True, default=random_name)
    name: Mapped[str]
    folded: Mapped[str] = mapped_column(unique=True)
    source: Mapped[str]
    """What it was read from: esco, csv or case."""
    imported_at: Mapped[datetime]


class Skill(Row):
    """One skill of a framework. `labels`: its name by language; a framework of one language has one."""

    __tablename__ = "skill"
    __table_args__ = (
        Index("ix_skill_framework_position", "framework_id", "position"),
        Index("ix_skill_framework_key", "framework_id", "key"),
        Index("ix_skill_framework_code_key", "framework_id", "code_key"),
    )
    framework_id: Mapped[int] = mapped_column(ForeignKey("framework.id", ondelete="CASCADE"))
    position: Mapped[int]
    key: Mapped[str]
    """By its address, as badges that name the address have it (`badges.aligned`); empty without one."""
    code_key: Mapped[str]
    """By its code in this framework, likewise."""
    code: Mapped[str]
    url: Mapped[str]
    labels: Mapped[dict[str, Any]]
    domain: Mapped[str]
    """The heading it stands under; empty where the framework has none."""
    folded: Mapped[str]
