"""Refusals of an import: the file, its columns, and what may not be done with it as it stands."""

from ledger.model.errors.base import Kind, LedgerError
from ledger.model.meanings import Count, Text, Word

__all__ = [
    "ColumnMissing",
    "ColumnUnclear",
    "ColumnUnknown",
    "FileDamaged",
    "FileEmpty",
    "FileIsWebPage",
    "FileProtected",
    "FileTooLarge",
    "FileUnsupported",
    "ImportChanged",
    "ImportStateWrong",
    "ImportUnknown",
    "ImportsTooMany",
    "NothingToIssue",
    "PreviewOutdated",
    "QuoteUnclear",
    "RowsInvalid",
    "SheetUnknown",
    "TooManyRows",
    "UnitUnclear",
]


class FileEmpty(LedgerError):
    """The file holds no rows."""

    kind = Kind.MALFORMED
    zh = "文件中没有任何数据行。"
    next_steps = ("Fill in the template and send it again.", "请填写模板后重新上传。")


class FileTooLarge(LedgerError):
    """The file is larger than the {most} bytes that are read, or unpacks to far more than it is."""

    most: Count
    kind = Kind.TOO_LARGE
    zh = "文件超过可读取的 {most} 字节，或解压后过大。"
    next_steps = (
        "Keep only the sheet with the payables, or split the file.",
        "请只保留应付账款所在的工作表，或拆分文件。",
    )


class TooManyRows(LedgerError):
    """The file has more than the {most} {what} that one import takes."""

    most: Count
    what: Word
    kind = Kind.TOO_LARGE
    zh = "文件超过单次导入的上限：{most} {what}。"
    next_steps = ("Split the file.", "请拆分文件。")


class FileDamaged(LedgerError):
    """The file cannot be read: it is damaged or not what its first bytes say."""

    kind = Kind.MALFORMED
    zh = "文件无法读取：已损坏，或内容与其格式不符。"
    next_steps = (
        "Open it in a spreadsheet program and save it once more as .xlsx.",
        "请用表格软件打开并另存为 .xlsx。",
    )


class FileProtected(LedgerError):
    """The file is protected by a password."""

    kind = Kind.MALFORMED
    zh = "文件设有密码保护。"
    next_steps = ("Save it without a password.", "请去除密码后保存。")


class FileIsWebPage(LedgerError):
    """The file is a web page under the name of a spreadsheet."""

    kind = Kind.MALFORMED
    zh = "该文件实为网页，仅以表格文件命名。"
    next_steps = (
        "Open it in a spreadsheet program and save it as .xlsx.",
        "请用表格软件打开并另存为 .xlsx。",
    )


class FileUnsupported(LedgerError):
    """The file is neither CSV nor XLSX nor XLS."""

    kind = Kind.UNSUPPORTED
    zh = "文件既非 CSV，也非 XLSX 或 XLS。"
    next_steps = ("Save it in one of these formats.", "请另存为上述格式之一。")


class QuoteUnclear(LedgerError):
    """A quote on line {line} of the file is not closed, or goes on behind its end."""

    line: Count
    kind = Kind.MALFORMED
    zh = "文件第 {line} 行的引号未成对，或引号结束后仍有内容。"
    next_steps = (
        "Close each quote, write a quote within a text twice, or save the file as .xlsx.",
        "请补全引号，文本内的引号写两次，或另存为 .xlsx。",
    )


class SheetUnknown(LedgerError):
    """The file has no sheet named {sheet}."""

    sheet: Text
    kind = Kind.NOT_FOUND
    zh = "文件中没有名为 {sheet} 的工作表。"
    next_steps = ("Name one of its sheets.", "请指定文件中的工作表。")


class ColumnMissing(LedgerError):
    """No column was recognised as {fields}."""

    fields: Text
    kind = Kind.MALFORMED
    zh = "未识别出以下列：{fields}。"
    next_steps = (
        "Say which column it is, or name the columns as in the template.",
        "请指定对应的列，或按模板命名列。",
    )


class ColumnUnclear(LedgerError):
    """Columns {one} and {other} both look like {field}."""

    field: Text
    one: Text
    other: Text
    kind = Kind.MALFORMED
    zh = "{one} 列与 {other} 列都像是{field}。"
    next_steps = ("Say which one it is.", "请指定采用哪一列。")


class ColumnUnknown(LedgerError):
    """The sheet has no column {column}, or {field} is no field of an import."""

    column: Text
    field: Text
    kind = Kind.MALFORMED
    zh = "工作表没有 {column} 列，或导入没有字段 {field}。"
    next_steps = (
        "Name a column by its letter or its heading.",
        "请用列标或表头文字指定列。",
    )


class UnitUnclear(LedgerError):
    """The heading {heading} says that its amounts are not in yuan."""

    heading: Text
    kind = Kind.MALFORMED
    zh = "表头 {heading} 表明金额不以元为单位。"
    next_steps = (
        "Write all amounts in yuan and correct the heading.",
        "请将金额全部换算为元，并更正表头。",
    )


class ImportUnknown(LedgerError):
    """There is no import {import_id}."""

    import_id: Text
    kind = Kind.NOT_FOUND
    zh = "没有编号为 {import_id} 的导入。"
    next_steps = ("Look at the list of imports.", "请查看导入列表。")


class ImportStateWrong(LedgerError):
    """Import {import_id} is {state}; this can be done only while it is {expected}."""

    import_id: Text
    state: Word
    expected: Word
    kind = Kind.CONFLICT
    zh = "导入 {import_id} 的状态为“{state}”；仅在“{expected}”时可执行此操作。"
    next_steps = ("Look at the import again.", "请重新查看该导入。")


class ImportChanged(LedgerError):
    """Import {import_id} was changed meanwhile by another request."""

    import_id: Text
    kind = Kind.CONFLICT
    zh = "导入 {import_id} 已同时被另一请求更改。"
    next_steps = (
        "Look at the import again before you repeat it.",
        "请重新查看该导入，再重试。",
    )


class ImportsTooMany(LedgerError):
    """{most} imports are open already: taken in, and neither signed nor cancelled."""

    most: Count
    kind = Kind.LIMIT
    zh = "已有 {most} 个导入尚未办结：已上传，但既未签署也未取消。"
    next_steps = (
        "Sign or cancel some of them, then send the file again.",
        "请先签署或取消其中一部分，再重新上传文件。",
    )


class RowsInvalid(LedgerError):
    """Faults in the rows of the import or in its file as a whole: {count}."""

    count: Count
    kind = Kind.CONFLICT
    zh = "导入的行或整个文件存在错误，共 {count} 处。"
    next_steps = (
        "Correct what the preview shows; if only rows have faults, the valid ones can be issued.",
        "请按预览更正；仅行有误时，可选择仅开立有效行。",
    )


class PreviewOutdated(LedgerError):
    """Rows {lines} say something else than when they were previewed."""

    lines: Text
    kind = Kind.CONFLICT
    zh = "第 {lines} 行的内容与预览时不同。"
    next_steps = (
        "Preview the import again and look at supplier, bank, amount, maturity and invoices.",
        "请重新预览，并核对供应商、清算行、金额、到期日与发票。",
    )


class NothingToIssue(LedgerError):
    """No row of the import can be issued."""

    kind = Kind.CONFLICT
    zh = "导入中没有可开立的行。"
    next_steps = (
        "Take the error file, correct the rows and send it again.",
        "请下载错误文件，更正后重新上传。",
    )
