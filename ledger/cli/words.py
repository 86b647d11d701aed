"""What the command line says beside the glossary's words, in English and Chinese."""

from typing import Final

from ledger.model.glossary import Language, terms_of

__all__ = ["WORDS", "say"]


def say(key: str, language: Language, **values: object) -> str:
    """One text with its values."""
    return WORDS[key].text(language).format_map(values)


WORDS: Final = terms_of(
    """
    next_step | Next: {text} | 下一步：{text}
    no_file | {path} cannot be read: {problem} | 无法读取 {path}：{problem}
    not_written | {path} cannot be written: {problem} | 无法写入 {path}：{problem}
    check_path | Check the path and try again. | 请核对路径后重试。
    not_saved | The run was not saved: {path}: {problem} | 本次运行未保存：{path}：{problem}
    no_run | There is no saved run at {path}. | {path} 没有已保存的运行结果。
    run_first | Run a book first: fenbook book run FILE | 请先运行账簿：fenbook book run 文件
    bad_run | {path} is not a saved run. | {path} 不是已保存的运行结果。
    unknown_voucher | There is no voucher {name} in this run. | 本次运行中没有凭证 {name}。
    unknown_payable | There is no payable {name} in this run. | 本次运行中没有应付账款 {name}。
    near | Did you mean: {names} | 是否指：{names}
    known | It has: {names} | 现有：{names}
    no_expect | {file} has no field expect to compare with. | {file} 没有可供比对的 expect 字段。
    add_expect | Add the expected outcome, or use: fenbook book run {file} | 请补充预期结果，或改用：fenbook book run {file}

    no_terminal | A password is needed, and nobody can type it here. | 需要密码，但此处无法输入。
    name_password_file | Name a file with --password-file. | 请以 --password-file 指定文件。
    password_for | Password of {path} | {path} 的密码
    file_exists | {path} is there already. | {path} 已存在。
    choose_path | Choose another path; a key is never overwritten. | 请选择其他路径；密钥不会被覆盖。
    key_told | {address} · {path} | {address} · {path}
    choose_folder | Choose another folder; a key is never overwritten. | 请选择其他目录；密钥不会被覆盖。
    no_evaluation | The settings name nodes of a network; the keys of an evaluation are for the chain in this process alone. | 配置指定了网络节点；评估密钥仅适用于本进程内的链。
    key_of_own | Make a key of your own: fenbook key new FILE | 请生成自己的密钥：fenbook key new 文件
    evaluation_keys | No secrets: everybody can compute these keys. Sign in with: fenbook sign-in --server http://127.0.0.1:8371 --participant 1 --key {file} --password-file {password} | 并非秘密：这些密钥人人可算出。登录：fenbook sign-in --server http://127.0.0.1:8371 --participant 1 --key {file} --password-file {password}
    one_of_keys | Name either --key or --api-key-file. | 请指定 --key 或 --api-key-file 之一。
    signed_in | Signed in to {service} at {server} as participant {participant}; the session is in {path}. | 已以参与方 {participant} 登录 {server} 的 {service}；会话保存于 {path}。
    signing_in | Signing in to {service} at {url}. | 正在登录 {url} 的 {service}。
    signed_out | Signed out. | 已退出。
    session_stays | The session is forgotten here, but the service was not told: it stays good there until its time is over. | 此处已忘记会话，但未能告知服务：该会话在到期前仍然有效。
    end_session | If somebody else may have its secret, have the operator told, or the signer revoked. | 若会话凭据可能泄露，请告知平台方，或撤销该签署人。
    key_stays | The API key is forgotten here and stays good: revoke it with fenbook api-key revoke. | 此处已忘记接口密钥，该密钥仍然有效：请以 fenbook api-key revoke 撤销。
    digest_code | Check code | 校验码
    sign_it | Sign this? | 确认签署？
    not_signed | Nothing was signed. | 未签署。
    no_key | No signer is named. | 未指定签署人。
    name_key | Name a key file with --key, or write the command for others with --out. | 请以 --key 指定密钥文件，或以 --out 写出待签文件。
    not_of_import | {option} is not for an import: it waits at the service for its signers, and its rows have references of their own. | 导入不支持 {option}：导入在服务端等待签署，各行有自己的业务编号。
    sign_there | Leave it out; every signer signs with fenbook import sign. | 请去掉该选项；各签署人均以 fenbook import sign 签署。
    terms_stand | The import is ready already, with another number or deadline. | 导入已生成待签指令，其编号或有效期与所填不同。
    reopen_it | Leave --nonce and --deadline out, or take it back: fenbook import reopen {id} | 请去掉 --nonce 与 --deadline，或先退回：fenbook import reopen {id}
    further_suppliers | {count} further suppliers | 其余 {count} 个供应商
    dry_and_out | --dry-run keeps nothing, and --out writes a file. | --dry-run 不保留任何内容，而 --out 会写出文件。
    choose_one | Leave one of them out. | 请只保留其中一项。
    no_out | There is no file to write to. | 未指定输出文件。
    name_out | Name one with --out; its taker hands it in. | 请以 --out 指定文件，由接受方一并提交。
    not_pairs | {text} is no list of name=value. | {text} 不是 名称=值 的列表。
    pairs | Write name=…,phone=…,email=… | 请写作 name=…,phone=…,email=…
    written | Written: {path} | 已写入：{path}
    would_do | It would be taken in. | 可以受理。
    no_such_place | There is no place {place} for signatures. | 没有名为 {place} 的签名栏。
    still_waiting | It has not ended; it is {state}. | 尚未办结，状态为 {state}。
    faultless | Nothing is wrong with it. Look at its rows with fenbook import rows {id}, then sign it: fenbook import sign {id} | 未发现问题。请以 fenbook import rows {id} 查看明细，再以 fenbook import sign {id} 签署。
    no_rows | Nothing is listed. | 没有记录。
    reconciled | Chain, views and deposits agree: 0.00 apart. | 链、视图与存款一致，相差 0.00。
    as_of | at block {block}, {date} | 截至第 {block} 号区块，{date}
    evaluation | For evaluation only: a chain in this process, whose keys everybody can compute. http://{host}:{port}/docs | 仅供评估：链在本进程内，其密钥人人可算出。http://{host}:{port}/docs
    rebuilding | Rebuilding | 正在重建
    check_versions | versions | 版本
    check_file | file | 文件权限
    check_database | database | 数据库
    check_disk | disk | 磁盘
    check_outbox | outbox | 发件箱
    check_lanes | lane in trouble | 上链通道
    check_follower | follower | 区块读取
    check_evaluation | evaluation only | 仅供评估
    check_deployment | deployment | 部署清单
    check_chain | chain | 链
    check_node | node | 链节点
    check_nodes_apart | nodes apart | 节点差距
    check_code | contracts | 合约代码
    check_p256 | P-256 | P-256
    check_views | views | 视图

    running | Running {name} | 正在运行 {name}
    book_title | {name} | {name}
    book_line | {steps} steps, {first} to {last} · {done} done, {refused} refused · every figure below is read from the chain | 共 {steps} 步，{first} 至 {last} · 办结 {done} 步，拒绝 {refused} 步 · 以下数字均取自链上
    no_steps | no steps | 没有步骤
    net_cash | Net cash | 现金净额
    sum | Sum | 合计
    open_claims | Open claims | 未偿债权
    open_principal | Open principal | 未偿本金
    late_interest | Late interest | 逾期利息
    payables | Payables | 应付账款
    loans | Loans | 贷款
    vouchers | Vouchers | 电子凭证
    refusals | Refused steps | 被拒绝的步骤
    blocked | Blocked from issuing until their overdue payables are paid: {names} | 逾期款项付清前不得开立：{names}
    nothing_open | No claim is open. | 没有未偿债权。
    saved | Look closer: fenbook inspect payable {name} · fenbook inspect voucher {voucher} | 查看明细：fenbook inspect payable {name} · fenbook inspect voucher {voucher}

    party | Party | 参与方
    name | Name | 名称
    roles | Roles | 角色
    amount | Amount | 金额
    payable | Payable | 应付账款
    voucher | Voucher | 凭证
    obligor | Obligor | 债务人
    holder | Holder | 持有人
    state | State | 状态
    face | Face | 票面金额
    maturity | Maturity | 到期日
    paid | Paid | 已付
    redeemed | Redeemed | 已兑付
    overdue | overdue | 逾期
    loan | Loan | 贷款
    borrower | Borrower | 借款人
    lender | Lender | 贷款人
    advance | Advance | 放款
    principal | Principal left | 剩余本金
    open | open | 未结清
    closed | closed | 已结清
    range | Range | 子票区间
    depth | Hops | 层级
    step | Step | 步骤
    date | Date | 日期
    verb | Verb | 业务
    code | Code | 代码
    reason | Reason and next step | 原因与下一步

    equal | {file}: equal, {steps} steps | {file}：一致，共 {steps} 步
    different | {file}: {count} differences | {file}：{count} 处不一致
    path | Path | 位置
    expected | Expected | 预期
    got | Got | 实际
    nothing_there | nothing | 无

    lineage | Lineage | 流转链
    ranges | Ranges | 区间分布
    liens | Liens | 质押
    payments | Payments and shares | 付款与清分
    no_payments | Nothing has been paid on it yet. | 尚未收到付款。
    no_liens | No lien lies on it. | 无质押。
    summary_payable | {obligor} owes {face}, due {maturity} · {state} | {obligor} 应付 {face}，到期日 {maturity} · {state}
    summary_tally | paid {paid} · redeemed {redeemed} · open {live} | 已付 {paid} · 提前兑付 {redeemed} · 未偿 {live}
    summary_voucher | {holder} holds {amount} of {payable}, range {range}, {depth} hops from {obligor} · {state} | {holder} 持有 {payable} 中的 {amount}，子票区间 {range}，距 {obligor} {depth} 层 · {state}
    offered_to | offered to {name} | 待 {name} 签收
    pledged_to | pledged to {name} | 质押给 {name}
    redeemed_state | redeemed early | 已提前兑付
    paid_state | paid | 已付清
    frozen | frozen | 已冻结
    recourse_to | recourse to {name} | 可向 {name} 追索
    received | To the holder | 付持有人
    received_sum | received | 已收
    to_lender | To the lender | 付贷款人
    left | Still open | 未偿
    what | What | 款项
    share_of | share of payments up to no. {count} | 截至第 {count} 笔付款的份额
    payment_no | Payment {number}, {rail} | 第 {number} 笔付款，{rail}
    deposit_rail | from the deposit | 以存款支付
    bank_rail | attested by the bank | 银行证明收款
    of_which_interest | of which {amount} late interest | 其中逾期利息 {amount}
    evidence | evidence | 贸易背景
    hop_issue | issued | 开立并签收
    hop_transfer | transferred | 转让并签收
    hop_sale | sold | 转让（保理）
    hop_sale_recourse | sold with recourse | 转让（保理，有追索）
    hop_pledge | pledged | 质押
    hop_release | lien ended | 解押
    hop_redemption | redeemed early | 提前兑付
    hop_recourse | turned back | 追索退回
    hop_join | joined | 合并
    for_price | for {amount} at {rate} | 价款 {amount}，年利率 {rate}
    for_advance | loan {loan} of {amount} at {rate} | 贷款 {loan} {amount}，年利率 {rate}
    for_recourse | for {amount} | 价款 {amount}
    parted | the rest | 其余部分
    loan_state | {loan}: {lender} lent {advance} at {rate}, due {due} · {left} left | {loan}：{lender} 放款 {advance}，年利率 {rate}，还款日 {due} · 剩余 {left}
    loan_paid | {loan}: {lender} lent {advance} at {rate} · paid in full, {interest} interest | {loan}：{lender} 放款 {advance}，年利率 {rate} · 已结清，利息 {interest}
    """  # noqa: E501
)
"""Texts by key."""
