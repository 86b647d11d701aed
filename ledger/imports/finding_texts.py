"""What findings say, by their codes, and what each column takes: in English and in Chinese."""

from collections.abc import Mapping
from typing import Final

from ledger.imports.columns import Field

__all__ = ["OTHERWISE", "RIGHT", "TEXTS", "WARNINGS", "WITHOUT_CELL"]

_PARTY: Final = (
    "a name, a USCC of 18 characters or a participant's number",
    "参与方名称、18 位统一社会信用代码或参与方编号",
)
_AMOUNT: Final = ("an amount in yuan such as 12,500.00", "以元为单位的金额，如 12,500.00")
_DATE: Final = ("a date such as 2027-03-31", "日期，如 2027-03-31")

RIGHT: Final[Mapping[Field, tuple[str, str]]] = {
    Field.REFERENCE: ("a text of at most 64 characters", "至多 64 字的文本"),
    Field.SUPPLIER: _PARTY,
    Field.SUPPLIER_USCC: (
        "a unified social credit code of 18 characters whose last one fits",
        "18 位且校验码相符的统一社会信用代码",
    ),
    Field.SUPPLIER_ID: ("a participant's number", "参与方编号"),
    Field.AMOUNT: _AMOUNT,
    Field.MATURITY: _DATE,
    Field.BANK: _PARTY,
    Field.INVOICE_NUMBER: ("an invoice number of at most 40 characters", "至多 40 字的发票号码"),
    Field.INVOICE_CODE: ("an invoice code of 10 or 12 digits", "10 位或 12 位发票代码"),
    Field.INVOICE_DATE: _DATE,
    Field.INVOICE_TOTAL: _AMOUNT,
    Field.INVOICE_USED: _AMOUNT,
    Field.INVOICE_SELLER: ("the seller's USCC or name", "销售方统一社会信用代码或名称"),
    Field.EVIDENCE: ("a text of at most 1000 characters", "至多 1000 字的文本"),
}
"""What a column takes, in English and in Chinese."""

WITHOUT_CELL: Final = (
    "{place} lacks “{label}”, which takes {right_en}.",
    "{place}缺少“{label}”，应填写{right_zh}。",
)
"""What `Missing` says where no cell can be named, such as without a column for it."""

OTHERWISE: Final[Mapping[Field, tuple[str, str]]] = {
    Field.BANK: (
        " Or give one bank for the whole file: preview it again with --settlement-bank NUMBER "
        "(settlement_bank over HTTP).",
        "也可为整个文件指定同一清算行：重新预览时填写 --settlement-bank 参与方编号"
        "（HTTP 接口为 settlement_bank）。",
    ),
}
"""What else may be done about what is missing than to fill it in."""

TEXTS: Final[Mapping[str, tuple[str, str]]] = {
    "Missing": (
        "{place} is empty. It takes {right_en}.",
        "{place}为空，应填写{right_zh}。",
    ),
    "Malformed": (
        "{place} says “{value}”. It takes {right_en}.",
        "{place}的内容为“{value}”，应为{right_zh}。",
    ),
    "NotAboveZero": (
        "{place} says “{value}”. The amount must be above 0.00.",
        "{place}的内容为“{value}”，金额必须大于 0.00。",
    ),
    "TooManyDecimals": (
        "{place} says “{value}”. An amount has at most two decimals.",
        "{place}的内容为“{value}”，金额至多两位小数。",
    ),
    "AmountUnclear": (
        "{place} says “{value}”, which can be read in more than one way. Write it like "
        "12345.67 or 12,345.67.",
        "{place}的内容为“{value}”，可有多种读法。请写成 12345.67 或 12,345.67 的形式。",
    ),
    "AmountCut": (
        "{place} says “{value}” and the cell beside it “{beside}”: this may be one amount, cut at "
        "its comma. Put it in quotes, or write it with two decimals and without separators.",
        "{place}的内容为“{value}”，右侧单元格为“{beside}”：可能是同一金额被逗号拆开。"
        "请加引号，或不写分隔符并保留两位小数。",
    ),
    "BeyondHeadings": (
        "{place} says “{value}” to the right of the last heading. Put an amount with commas in "
        "quotes or write it without separators; give any other cell a heading.",
        "{place}的内容为“{value}”，位于最后一个表头的右侧。含逗号的金额请加引号，或不写分隔符；"
        "其他内容请补充表头。",
    ),
    "LineBreak": (
        "{place} says “{value}” on more than one line: a quote that is not closed takes in the "
        "rows below it. Close the quote, or write the text on one line.",
        "{place}的内容“{value}”占多行：引号未成对会吞并其下各行。请补全引号，或写在一行内。",
    ),
    "UnitGiven": (
        "{place} says “{value}”. Write the whole amount in yuan, without 万 or another unit.",
        "{place}的内容为“{value}”。请以元为单位写出完整金额，不要使用“万”等单位。",
    ),
    "OtherCurrency": (
        "{place} says “{value}”. Only amounts in yuan (CNY) can be issued.",
        "{place}的内容为“{value}”，仅支持人民币（CNY）金额。",
    ),
    "FormatUnclear": (
        "{place} is the number {value}, which its number format {format} does not show as whole "
        "yuan. Write the whole amount in yuan in a format such as #,##0.00.",
        "{place}的数值为 {value}，但其数字格式 {format} 并非按元完整显示。"
        "请以元为单位写出完整金额，并使用 #,##0.00 等格式。",
    ),
    "DigitsLost": (
        "{place} shows the number {value}: a spreadsheet keeps fifteen digits of a number, "
        "the rest are lost. Format the column as text and write it once more.",
        "{place}显示为数值 {value}：电子表格的数值仅保留十五位，其余已丢失。"
        "请将该列设为文本格式后重新填写。",
    ),
    "DateUnclear": (
        "{place} says “{value}”: day, month and year can be read in more than one way. Write "
        "it like 2027-03-31.",
        "{place}的内容为“{value}”，年月日可有多种读法。请写成 2027-03-31 的形式。",
    ),
    "NoSuchDate": (
        "{place} says “{value}”, which is on no calendar. Write it like 2027-03-31.",
        "{place}的内容为“{value}”，日历上没有这一天。请写成 2027-03-31 的形式。",
    ),
    "NotInDirectory": (
        "{place} says “{value}”: no participant is known by it. Compare it with the directory.",
        "{place}的内容为“{value}”，没有与之相符的参与方。请与参与方名录核对。",
    ),
    "NotLookedUp": (
        "{place} says “{value}”: not looked up yet, as the import names more parties that are new "
        "to you than are looked up at once. Preview it again in a minute.",
        "{place}的内容为“{value}”，尚未查询：导入中的新参与方数量超过单次查询上限。"
        "请一分钟后重新预览。",
    ),
    "NameShared": (
        "{place} says “{value}”: participants {participants} go by this name. Write the USCC "
        "instead.",
        "{place}的内容为“{value}”，参与方 {participants} 均使用该名称。请改填统一社会信用代码。",
    ),
    "Contradiction": (
        "{place} says “{value}”, another cell of the row names participant {participants}. "
        "Correct one of them.",
        "{place}的内容为“{value}”，同一行另一单元格指向参与方 {participants}。请更正其一。",
    ),
    "NotEligible": (
        "{place} says “{value}”: this participant cannot be its {role_en}.",
        "{place}的内容为“{value}”，该参与方不能作为{role_zh}。",
    ),
    "Suspended": (
        "{place} says “{value}”: this participant is suspended or frozen.",
        "{place}的内容为“{value}”，该参与方已被暂停或冻结。",
    ),
    "OwnPayable": (
        "{place} says “{value}”: nobody issues a payable to itself.",
        "{place}的内容为“{value}”，不能向自己开立。",
    ),
    "MaturityPassed": (
        "{place} says {value}; the first possible day is {first}.",
        "{place}为 {value}，最早可为 {first}。",
    ),
    "TenorTooLong": (
        "{place} says {value}; the last day that the rules allow is {last}.",
        "{place}为 {value}，规则允许的最晚日期为 {last}。",
    ),
    "TenorLong": (
        "{place} says {value}: more than six months ahead, which needs a reason. Write it into the "
        "column for evidence, or keep it with your documents. The row can be issued.",
        "{place}为 {value}，期限超过六个月，须有理由。请写入贸易背景一列，或随业务资料留存。"
        "该行可以开立。",
    ),
    "FaceTooLarge": (
        "{place} says {value}; one payable carries at most {most}.",
        "{place}为 {value}，单笔至多 {most}。",
    ),
    "LimitExceeded": (
        "{place}: the rows come to {total}, but only {room} of the line is free.",
        "{place}：各行合计 {total}，授信额度仅余 {room}。",
    ),
    "IssuerBlocked": (
        "{place}: nothing can be issued while a payable due on {since} is not fully paid.",
        "{place}：{since} 到期的应付账款尚未付清，暂不能开立。",
    ),
    "NotIssuer": (
        "{place}: this participant cannot issue payables.",
        "{place}：该参与方不能开立应付账款。",
    ),
    "TotalDiffers": (
        "{place} says that the rows come to {told}; they come to {total}.",
        "{place}写明合计 {told}，各行实际合计 {total}。",
    ),
    "TotalSkipped": (
        "{place} is the total of the rows, and is right. It is not issued.",
        "{place}为合计行，金额相符，不予开立。",
    ),
    "TotalUnchecked": (
        "{place} says that the rows come to {told}, which cannot be compared: an amount above "
        "could not be read. It is not issued.",
        "{place}写明合计 {told}，其上有金额无法读取，未能核对。该行不予开立。",
    ),
    "TotalWithoutAmount": (
        "{place} says that it is a total, without an amount. It is not issued.",
        "{place}为合计行，但未写金额，不予开立。",
    ),
    "ExampleSkipped": (
        "{place} is the example of the template. It is not issued.",
        "{place}为模板示例行，不予开立。",
    ),
    "ColumnIgnored": (
        "{place}: column {columns} was not recognised and is ignored.",
        "{place}：未识别 {columns} 列，已忽略。",
    ),
    "SheetsUnread": (
        "{place}: only the sheet “{value}” is read, and not {others}.",
        "{place}：仅读取工作表“{value}”，未读取{others}。",
    ),
    "RowsHidden": (
        "{place}: rows {lines} are hidden in the sheet, and are read as any other.",
        "{place}：第 {lines} 行在工作表中被隐藏，仍照常读取。",
    ),
    "Repeated": (
        "{place} says the same as row {other} and has no reference of its own. Give each "
        "payable a reference, or leave one out.",
        "{place}与第 {other} 行内容相同，且没有各自的业务编号。请为每笔填写业务编号，或删除其一。",
    ),
    "LooksAlike": (
        "{place} has supplier, amount, maturity of row {other}. Make sure that both are owed.",
        "{place}与第 {other} 行的供应商、金额、到期日均相同，请确认两笔均应支付。",
    ),
    "ReferenceRepeated": (
        "{place} says “{value}”, as row {other} does. A reference names one payable.",
        "{place}的内容为“{value}”，与第 {other} 行重复。一个业务编号只对应一笔应付账款。",
    ),
    "ReferenceUsed": (
        "{place} says “{value}”: {earlier} has this reference already.",
        "{place}的内容为“{value}”，{earlier} 已使用该业务编号。",
    ),
    "EvidenceMissing": (
        "{place} has neither an invoice nor other evidence. Fill in an invoice, or contract and "
        "delivery.",
        "{place}既无发票，也无其他贸易背景材料。请填写发票，或合同与交付单据。",
    ),
    "InvoiceUnclear": (
        "{place} says “{value}”, which names no single invoice. Write all 20 digits; or the "
        "code and 8 digits; or number, seller and date.",
        "{place}的内容为“{value}”，不能唯一确定一张发票。请写全 20 位数电票号码；"
        "或发票代码与 8 位号码；或号码、销售方与日期。",
    ),
    "InvoiceTwice": (
        "{place} says “{value}”: this payable names that invoice on row {other} already.",
        "{place}的内容为“{value}”，该笔在第 {other} 行已列此发票。",
    ),
    "InvoiceMismatch": (
        "{place} says {value}; the amount of this invoice is {total} by {earlier}.",
        "{place}为 {value}，而{earlier_zh}所载该发票金额为 {total}。",
    ),
    "InvoiceOverused": (
        "{place} uses {value} of an invoice over {total}, of which {used} is used by {earlier}.",
        "{place}使用 {value}，该发票金额 {total}，其中 {used} 已由{earlier_zh}使用。",
    ),
    "InvoiceUsedUp": (
        "{place} uses {value} of an invoice that is used up on the ledger, or has another amount "
        "there. Name another one.",
        "{place}使用 {value}，该发票在账本上已用尽，或所载金额不同。请另列发票。",
    ),
    "InvoiceTooSmall": (
        "{place} uses {value} of an invoice over {total}. Name another one or a smaller amount.",
        "{place}使用 {value}，而该发票金额仅为 {total}。请另列发票或减少金额。",
    ),
    "InvoiceShort": (
        "{place}: its invoices back {backed} of {face}. State more of them, or a smaller amount.",
        "{place}：所列发票可支持 {backed}，票面金额为 {face}。请补充发票或减少金额。",
    ),
    "TooManyInvoices": (
        "{place} names {count} invoices; one payable takes at most {most}.",
        "{place}列有 {count} 张发票，单笔至多 {most} 张。",
    ),
    "NoPayableAbove": (
        "{place} holds an invoice alone, and no payable stands above it.",
        "{place}仅有发票，其上没有对应的应付账款。",
    ),
    "TooManyPayables": (
        "{place} holds {count} payables; one import takes at most {most}.",
        "{place}含 {count} 笔应付账款，单次导入至多 {most} 笔。",
    ),
}
"""By code: what is said in English and in Chinese."""

WARNINGS: Final = frozenset(
    {
        "TenorLong",
        "TotalSkipped",
        "TotalUnchecked",
        "TotalWithoutAmount",
        "ExampleSkipped",
        "ColumnIgnored",
        "SheetsUnread",
        "RowsHidden",
        "LooksAlike",
    }
)
"""What does not keep a row from being issued."""
