"""`fenbook request` and `fenbook quote`: asking for quotes, giving them, taking one."""

import inspect
import secrets
from collections.abc import Callable, Mapping
from typing import Annotated, Any, Final

import typer

from ledger.cli.acting import (
    SIGNING_PARAMETERS,
    act,
    beside_of,
    beside_parameter,
    sign_and_submit,
    signing_of,
)
from ledger.cli.connection import SessionOption, connected
from ledger.cli.drafts import draft_of, parameters_of
from ledger.cli.once import DryRunOption, KeyOption, Once
from ledger.cli.options import JsonOption, LangOption, NoColorOption
from ledger.cli.screen import Screen
from ledger.cli.verbs import QUOTE_VERBS, VERBS
from ledger.model.commands import COMMANDS, CostShareOffer
from ledger.model.glossary import term
from ledger.model.plain import plain_of
from ledger.model.structs import Command, fields_of

__all__ = ["QUOTES", "giver_of", "make", "refuse", "share_cost", "take", "withdraw"]

QUOTES: Final[Mapping[str, str]] = {
    "sale": "SaleQuote",
    "pledge": "PledgeQuote",
    "redemption": "RedemptionQuote",
}
"""Kinds of quotes and their structs."""

_TAKEN_BY: Final = {
    "SaleQuote": ("SellVoucher", "buyer"),
    "PledgeQuote": ("PledgeVoucher", "lender"),
    "RedemptionQuote": ("RedeemVoucher", ""),
}
_OF_REQUEST: Final = ("taker", "voucher", "start", "end", "amount")
"""What a quote takes over from the request."""

_CONTEXT: Final = inspect.Parameter(
    "ctx", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=typer.Context
)

RequestArgument = Annotated[str, typer.Argument(metavar="REQUEST", help="A request 询价.")]
QuoteArgument = Annotated[str, typer.Argument(metavar="QUOTE", help="A quote 报价.")]
KindOption = Annotated[
    list[str],
    typer.Option("--kind", help="sale, pledge or redemption; may be repeated 报价种类，可重复."),
]
AskOption = Annotated[
    list[int],
    typer.Option(
        "--ask",
        metavar="PARTICIPANT",
        help="A bank, or the obligor; may be repeated 询价对象，可重复.",
    ),
]
DocumentOption = Annotated[
    list[str],
    typer.Option(
        "--document", help="Commitment of a document; may be repeated 文件承诺值，可重复."
    ),
]
UntilOption = Annotated[
    str | None,
    typer.Option(
        "--until",
        metavar="TIME",
        help="Open for answers until, UTC 询价截止时间（UTC）.",
        show_default=False,
    ),
]
AmountOption = Annotated[
    str | None,
    typer.Option(
        "--amount", help="A part; all of it if not given 部分金额，默认为全部.", show_default=False
    ),
]
ReasonOption = Annotated[
    str,
    typer.Option(
        "--reason",
        help="price, line, tenor, obligor, related_parties, documents, invoices, amount, policy "
        "拒绝原因.",
    ),
]


def make(
    ctx: typer.Context,
    voucher: Annotated[str, typer.Option("--voucher", help="The voucher 电子凭证.")],
    kind: KindOption,
    ask: AskOption,
    amount: AmountOption = None,
    until: UntilOption = None,
    document: DocumentOption = [],  # noqa: B006 -- the parser makes a list of its own
    key: KeyOption = None,
    is_dry: DryRunOption = False,
    session: SessionOption = None,
    lang: LangOption = None,
    no_color: NoColorOption = False,
    is_json: JsonOption = False,
) -> None:
    """Ask banks, or the obligor, for quotes; it binds nobody 询价."""
    screen = Screen.chosen(ctx, lang, no_color=no_color)
    body = {
        "voucher": voucher,
        "amount": amount,
        "kinds": kind,
        "asked": ask,
        "until": until,
        "documents": document,
    }
    once = Once(secrets.token_hex(16) if key is None else key, is_dry)
    with connected(screen, session) as connection:
        made = connection.client.post("/v1/financing-requests", body, **once.sent)
    once.show(screen, made, is_json=is_json)


def withdraw(
    ctx: typer.Context,
    request: RequestArgument,
    key: KeyOption = None,
    is_dry: DryRunOption = False,
    session: SessionOption = None,
    lang: LangOption = None,
    no_color: NoColorOption = False,
    is_json: JsonOption = False,
) -> None:
    """Take a request back; quotes that were given stay firm until they end 撤回询价."""
    screen = Screen.chosen(ctx, lang, no_color=no_color)
    once = Once(key, is_dry)
    with connected(screen, session) as connection:
        made = connection.client.post(f"/v1/financing-requests/{request}/withdraw", **once.sent)
    once.show(screen, made, is_json=is_json)


def refuse(
    ctx: typer.Context,
    request: RequestArgument,
    reason: ReasonOption,
    key: KeyOption = None,
    is_dry: DryRunOption = False,
    session: SessionOption = None,
    lang: LangOption = None,
    no_color: NoColorOption = False,
    is_json: JsonOption = False,
) -> None:
    """Say that you will not quote, and why 不予报价."""
    screen = Screen.chosen(ctx, lang, no_color=no_color)
    once = Once(key, is_dry)
    with connected(screen, session) as connection:
        path = f"/v1/financing-requests/{request}/refuse"
        made = connection.client.post(path, {"reason": reason}, **once.sent)
    once.show(screen, made, is_json=is_json)


def giver_of(word: str) -> Callable[..., None]:
    """The command that gives a quote of a kind on a request, with an option for each term."""
    kind = COMMANDS[QUOTES[word]]
    terms = [one for one in parameters_of(kind) if one.name not in _OF_REQUEST]

    def run(ctx: typer.Context, request: str, **given: Any) -> None:
        options = signing_of(given)
        screen = options.screen(ctx)
        with connected(screen, options.session) as connection:
            asked = connection.client.get(f"/v1/financing-requests/{request}")
            draft = draft_of(kind, given) | {name: asked[name] for name in _OF_REQUEST[1:]}
            draft["taker"] = asked["holder"]
            act(screen, connection, QUOTE_VERBS[QUOTES[word]], draft, options, {"request": request})

    argument = inspect.Parameter(
        "request", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=RequestArgument
    )
    parameters = [_CONTEXT, argument, *terms, *SIGNING_PARAMETERS]
    run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    run.__annotations__ = {one.name: one.annotation for one in parameters}
    said = " ".join((kind.__doc__ or "").split()).removesuffix(".")
    run.__doc__ = f"Give a signed quote on a request: {said} {term(word, 'zh')}报价."
    return run


def share_cost(ctx: typer.Context, **given: Any) -> None:
    """Offer to bear a share of the cost of sales, in a file for the seller 承担转让（保理）费用."""
    options = signing_of(given)
    screen = options.screen(ctx)
    if options.out is None:
        screen.fail(screen.say("no_out"), screen.say("name_out"))
    with connected(screen, options.session) as connection:
        verb = QUOTE_VERBS["CostShareOffer"]
        act(screen, connection, verb, draft_of(CostShareOffer, given), options, {})


_SHARE: Final = [_CONTEXT, *parameters_of(CostShareOffer), *SIGNING_PARAMETERS]
share_cost.__signature__ = inspect.Signature(_SHARE)  # type: ignore[attr-defined]
share_cost.__annotations__ = {one.name: one.annotation for one in _SHARE}


def take(ctx: typer.Context, quote: str, obligor_share: str | None, **given: Any) -> None:
    """Take a quote by one signed command 接受报价."""
    options = signing_of(given)
    beside = beside_of(["cost_share"], given)
    screen = options.screen(ctx)
    with connected(screen, options.session) as connection:
        found = connection.client.get(f"/v1/quotes/{quote}")
        signed = COMMANDS[QUOTES[found["kind"]]].from_message(found["signed"]["message"])
        name, giver = _TAKEN_BY[type(signed).__name__]
        verb, kind = VERBS[name], COMMANDS[name]
        asked = _terms(signed, kind) | ({giver: signed.participant} if giver else {})
        more = {"nonce": options.nonce, "deadline": options.deadline}
        if "obligor_share" in {one.name for one in fields_of(kind)}:
            asked["obligor_share"] = more["obligor_share"] = obligor_share or "0"
        wanted = {key: value for key, value in more.items() if value is not None}
        prepared = connection.client.post(f"/v1/quotes/{quote}/take/typed-data", wanted)
        beside["quote"] = found["signed"]
        sign_and_submit(screen, connection, (verb, kind, prepared), asked, options, beside)


_TAKE: Final = [
    _CONTEXT,
    inspect.Parameter("quote", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=QuoteArgument),
    inspect.Parameter(
        "obligor_share",
        inspect.Parameter.KEYWORD_ONLY,
        default=None,
        annotation=Annotated[
            str | None,
            typer.Option(
                "--obligor-share",
                help="Of a sale's cost, a fraction such as 0.8 for 80 %; its offer goes beside "
                "债务人承担比例，按小数填写，如 0.8 即 80%，并附其承诺.",
                show_default=False,
            ),
        ],
    ),
    beside_parameter("cost_share"),
    *SIGNING_PARAMETERS,
]
take.__signature__ = inspect.Signature(_TAKE)  # type: ignore[attr-defined]
take.__annotations__ = {one.name: one.annotation for one in _TAKE}


# ---- private


def _terms(signed: Command, kind: type[Command]) -> dict[str, Any]:
    """What the taker's command must say: the quote's own words."""
    names = {one.name for one in fields_of(kind)} - {"participant", "nonce", "deadline"}
    return {name: value for name, value in plain_of(signed).items() if name in names}
