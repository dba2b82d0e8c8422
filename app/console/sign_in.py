"""Signing in: a key, kept by the browser where no script can read it."""

from fastapi import APIRouter, Depends, Request, Response

from app.console.api_client import ApiClient, ApiError
from app.console.page import Pages, PagesDep
from app.http.access import COOKIE, check_own_page, forget_cookie, keep_cookie
from app.http.body import FormDep

router = APIRouter(include_in_schema=False)


@router.get("/sign-in")
async def show_sign_in(pages: PagesDep) -> Response:
    """The page that asks for a key."""
    return pages.page("sign_in.html", is_wrong=False)


@router.post("/sign-in", dependencies=[Depends(check_own_page)])
async def sign_in(request: Request, pages: PagesDep, form: FormDep) -> Response:
    """Keep the key in the browser, if it is a good one."""
    key = form.get("key", "").strip()
    api = ApiClient(request, key=key)
    try:
        await api.get("/v1/events", limit=1)
    except ApiError as refusal:
        return _refused(pages, refusal)
    answer = pages.go("/")
    keep_cookie(request, answer, COOKIE, key)
    return answer


def _refused(pages: Pages, refusal: ApiError) -> Response:
    if refusal.status == 401:
        return pages.page("sign_in.html", is_wrong=True)
    return pages.refusal(refusal.problem, refusal.status)


@router.post("/sign-out", dependencies=[Depends(check_own_page)])
async def sign_out(pages: PagesDep) -> Response:
    """Have the browser forget the key, and all that pages have kept in it."""
    answer = pages.go("/sign-in")
    answer.headers["Clear-Site-Data"] = '"cache", "storage"'
    forget_cookie(answer, COOKIE)
    return answer
