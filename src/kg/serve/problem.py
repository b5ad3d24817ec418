"""Errors as problem documents (RFC 9457), in the reader's language, and never with a traceback."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import Response

from kg.errors import KgError

MEDIA_TYPE = "application/problem+json"

#: Every kind of problem: status, title in Vietnamese and in English. Served under /problems.
KINDS: dict[str, tuple[int, str, str]] = {
    "bad-request": (400, "Yêu cầu không hợp lệ", "The request is not valid"),
    "syntax": (400, "Câu truy vấn sai cú pháp", "The query is not valid SPARQL"),
    "query-failed": (400, "Không tính được câu truy vấn", "The query cannot be evaluated"),
    "parameter": (400, "Tham số không hợp lệ", "A parameter is not valid"),
    "unauthorised": (401, "Cần xác thực", "Authentication is needed"),
    "forbidden": (403, "Không được phép", "Not allowed"),
    "service-not-allowed": (403, "Không cho phép SERVICE", "SERVICE is not allowed"),
    "read-only": (403, "Máy chủ chỉ cho đọc", "The server is read-only"),
    "not-found": (404, "Không tìm thấy", "Not found"),
    "method-not-allowed": (405, "Không hỗ trợ phương thức này", "The method is not allowed here"),
    "not-acceptable": (406, "Không có định dạng được yêu cầu", "No format that the client accepts"),
    "timeout": (408, "Yêu cầu đến quá chậm", "The request arrived too slowly"),
    "ambiguous": (409, "Tên này chỉ nhiều đối tượng", "The name means several things"),
    "too-large": (413, "Yêu cầu quá lớn", "The request is too large"),
    "left": (408, "Máy khách đã ngắt kết nối", "The client has left"),
    "uri-too-long": (414, "Địa chỉ quá dài", "The address is too long"),
    "media-type": (415, "Không hỗ trợ kiểu nội dung này", "The media type is not supported"),
    "misdirected": (421, "Tên máy chủ không đúng", "This server does not answer to that host name"),
    "headers-too-large": (431, "Phần đầu yêu cầu quá lớn", "The request's headers are too large"),
    "internal": (500, "Lỗi của máy chủ", "The server failed"),
    "upstream": (502, "Kho dữ liệu ở xa báo lỗi", "The remote store failed"),
    "busy": (503, "Máy chủ đang bận", "The server is busy"),
    "memory": (503, "Câu truy vấn cần quá nhiều bộ nhớ", "The query needs too much memory"),
    "answer-too-large": (503, "Kết quả quá lớn", "The answer is too large"),
    "deadline": (504, "Câu truy vấn quá thời hạn", "The query took too long"),
}
_BY_STATUS = {
    400: "bad-request", 401: "unauthorised", 403: "forbidden", 404: "not-found", 405: "method-not-allowed",
    406: "not-acceptable", 413: "too-large", 415: "media-type", 503: "busy",
}  # fmt: skip


class Problem(Exception):  # noqa: N818  the word of RFC 9457
    """An answer that says what went wrong: one of `KINDS`, with details of this case.

    `members` and other named values are added to the document ("line", "column", "limit" …).
    """

    def __init__(
        self,
        kind: str,
        detail: str = "",
        *,
        status: int = 0,
        headers: Mapping[str, str] | None = None,
        members: Mapping[str, object] | None = None,
        **more: object,
    ) -> None:
        super().__init__(f"{kind}: {detail}")
        self.kind = kind
        self.detail = detail
        self.status = status or KINDS[kind][0]
        self.headers = dict(headers or {})
        self.members = {**(members or {}), **more}

    def response(self, lang: str = "en") -> Response:
        """Return the problem document as a response."""
        return Response(
            self.body(lang),
            self.status,
            {**self.headers, "Cache-Control": "no-store", "Content-Language": lang},
            media_type=MEDIA_TYPE,
        )

    def body(self, lang: str = "en") -> bytes:
        """Return the document: type, title, status, detail, and the members of this case."""
        _, vi, en = KINDS[self.kind]
        document = {
            "type": f"/problems#{self.kind}",
            "title": vi if lang == "vi" else en,
            "status": self.status,
            **({"detail": self.detail} if self.detail else {}),
            **self.members,
        }
        return json.dumps(document, ensure_ascii=False).encode("utf-8", "replace")


def of_exception(error: Exception) -> Problem:
    """Return the problem that an exception of any kind stands for; what is unknown tells nothing outside."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, KgError):
        return Problem("parameter", str(error))
    if isinstance(error, ClientDisconnect):
        return Problem("left")
    if isinstance(error, HTTPException):
        kind = _BY_STATUS.get(error.status_code) or ("bad-request" if error.status_code < 500 else "internal")
        detail = "" if error.detail == HTTPStatus(error.status_code).phrase else error.detail
        return Problem(kind, detail, status=error.status_code, headers=error.headers)
    logging.getLogger("kg.serve").error("unexpected: %s", type(error).__name__, exc_info=error)
    return Problem("internal")
