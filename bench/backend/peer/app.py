"""The items API in FastAPI and SQLAlchemy: the peer of crates/items/backend.

Each handler opens its own session: with the session as a dependency, which is closed on another thread after the
handler, SQLAlchemy's pool and the pool of threads wait for each other from some 40 requests at once on.
JOURNAL is SQLite's journal mode (`delete` is its default; synchronous is FULL in both).
"""

import os
from datetime import datetime, timezone
from typing import Optional

from fastapi import FastAPI, HTTPException, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import DateTime, String, Text, create_engine, event, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

DATABASE_URL = os.environ.get("DATABASE_URL", "sqlite:///./app.db")
JOURNAL = os.environ.get("JOURNAL", "delete")

engine = create_engine(DATABASE_URL, connect_args={"check_same_thread": False})
SessionLocal = sessionmaker(bind=engine, expire_on_commit=False)


@event.listens_for(engine, "connect")
def set_up(connection, _record):
    connection.execute(f"PRAGMA journal_mode = {JOURNAL}")
    connection.execute("PRAGMA synchronous = FULL")


class Base(DeclarativeBase):
    pass


class Item(Base):
    __tablename__ = "items"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    description: Mapped[Optional[str]] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(DateTime, default=lambda: datetime.now(timezone.utc), index=True)


class ItemCreate(BaseModel):
    name: str = Field(min_length=1, max_length=200)
    description: Optional[str] = Field(default=None, max_length=2000)


class ItemRead(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: int
    name: str
    description: Optional[str]
    created_at: datetime


Base.metadata.create_all(engine)
app = FastAPI(title="Items API", version="1.0.0")


@app.get("/")
async def about():
    return {"message": "Items API", "version": "1.0.0", "docs": "/docs"}


@app.get("/health")
@app.get("/api/health")
async def health():
    return {"status": "healthy", "service": "backend"}


@app.get("/api/items", response_model=list[ItemRead])
def list_items():
    with SessionLocal() as db:
        return db.scalars(select(Item).order_by(Item.created_at.desc(), Item.id.desc())).all()


@app.post("/api/items", response_model=ItemRead, status_code=201)
def create_item(body: ItemCreate):
    with SessionLocal() as db:
        item = Item(**body.model_dump())
        db.add(item)
        db.commit()
        return item


def find(db: Session, item_id: int) -> Item:
    item = db.get(Item, item_id)
    if item is None:
        raise HTTPException(status_code=404, detail="Item not found")
    return item


@app.get("/api/items/{item_id}", response_model=ItemRead)
def get_item(item_id: int):
    with SessionLocal() as db:
        return find(db, item_id)


@app.delete("/api/items/{item_id}", status_code=204)
def delete_item(item_id: int):
    with SessionLocal() as db:
        db.delete(find(db, item_id))
        db.commit()
    return Response(status_code=204)
