"""Words as they are compared: without case, accents, width, or the other way of writing a character."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

_INVISIBLE = dict.fromkeys(
    [
        0xAD,
        0x200B,
        0x200C,
        0x200D,
        0x2060,
        0xFEFF,
        0x200E,
        0x200F,
        *range(0x202A, 0x202F),
        *range(0x2066, 0x206A),
        0x640,
    ]
)
_FOLD = str.maketrans(
    {"ß": "ss", "ø": "o", "đ": "d", "ł": "l", "ı": "i", "أ": "ا", "إ": "ا", "آ": "ا", "ى": "ي", "ة": "ه"}
)
# Traditional Chinese characters of replies to invitations, each followed by its simplified form.
_TRADITIONAL = """
    參参 計计 劃划 則则 無无 確确 認认 謝谢 請请 誠诚 們们 會会 議议 員员 業业 團团 體体 時时 間间
    區区 號号 後后 將将 為为 與与 從从 對对 於于 應应 約约 務务 開开 關关 門门 處处 長长 書书 記记
    國国 際际 協协 聯联 織织 組组 總总 辦办 單单 學学 專专 項项 報报 備备 託托 執执 導导 師师 職职
    運运 輔辅 補补 資资 訊讯 電电 郵邮 線线 場场 機机 構构 護护 復复 還还 過过 達达 遺遗 遠远 邊边
    進进 適适 選选 產产 條条 檢检 樣样 標标 題题 風风 飛飞 養养 館馆 馬马 駐驻 驗验 點点 黨党 齊齐
    龍龙 來来 兩两 個个 內内 別别 動动 勞劳 勝胜 華华 萬万 葉叶 蘇苏 術术 衛卫 裝装 見见 規规 視视
    覺觉 親亲 觀观 訂订 討讨 訓训 訪访 設设 許许 評评 試试 話话 詢询 詳详 語语 說说 課课 調调 談谈
    論论 證证 識识 譯译 讀读 變变 讓让 貴贵 費费 賀贺 賓宾 質质 贊赞 趕赶 車车 輪轮 轉转 農农 連连
    週周 遊游 遲迟 醫医 鄭郑 錢钱 錯错 鐘钟 鐵铁 陳陈 陽阳 隊队 隨随 難难 雙双 雜杂 離离 須须 預预
    領领 頭头 類类 願愿 顧顾 飯饭 麗丽 黃黄 張张 楊杨 趙赵 吳吴 劉刘 孫孙 鄧邓 馮冯 蔣蒋 韓韩 盧卢
    羅罗 譚谭 賴赖 鍾钟 湯汤 範范 嚴严 詠咏 詩诗 並并 乾干 亂乱 亞亚 係系 傳传 債债 傷伤 價价 優优
    償偿 儘尽 兒儿 凍冻 劇剧 勵励 勸劝 匯汇 卻却 問问 啟启 喪丧 嗎吗 嘆叹 園园 圍围 圖图 圓圆 壓压
    壞坏 夢梦 夠够 奪夺 婦妇 媽妈 寧宁 實实 寫写 寬宽 尋寻 層层 屬属 歲岁 嶺岭 帶带 幫帮 廠厂 廣广
    廳厅 強强 彈弹 當当 彙汇 徑径 惡恶 惱恼 愛爱 態态 慶庆 憂忧 憑凭 憲宪 戰战 戶户 拋抛 捨舍 掃扫
    掛挂 採采 換换 揮挥 損损 搶抢 擇择 擊击 擔担 據据 擬拟 擴扩 擾扰 攝摄 敗败 數数 斷断 舊旧 曆历
    東东 極极 榮荣 樂乐 樓楼 權权 欄栏 歡欢 歸归 殘残 氣气 決决 況况 準准 滿满 漢汉 潔洁 濟济 災灾
    烏乌 煩烦 熱热 營营 爭争 爺爷 獎奖 獨独 獲获 現现 環环 畢毕 畫画 異异 療疗 發发 監监 盡尽 盤盘
    碼码 禮礼 禦御 稅税 種种 稱称 穩稳 窮穷 競竞 筆笔 節节 簡简 簽签 糧粮 紅红 級级 納纳 純纯 紙纸
    終终 結结 絕绝 給给 統统 經经 維维 網网 緊紧 編编 緣缘 縣县 績绩 繼继 續续 纜缆 罷罢 罰罚 習习
    聖圣 聞闻 聲声 聽听 肅肃 腦脑 臨临 臺台 興兴 舉举 艦舰 艱艰 藝艺 藥药 蘭兰 虧亏 蟲虫 製制 複复
    諒谅 諸诸 謀谋 謹谨 豐丰 負负 財财 責责 貨货 販贩 貿贸 賞赏 購购 贈赠 躍跃 輕轻 較较 載载 輩辈
    輸输 轄辖 辭辞 違违 遞递 遷迁 鄉乡 釋释 針针 銀银 銷销 鎮镇 閉闭 閒闲 閱阅 闊阔 陣阵 階阶 隱隐
    雖虽 雲云 靜静 頁页 順顺 頓顿 頒颁 額额 顏颜 顯显 飲饮 餘余 騎骑 騰腾 驚惊 鬥斗 魚鱼 鮮鲜 鳥鸟
    麥麦 麼么 龐庞 頗颇 屆届 颱台 颳刮 敘叙 攜携 臉脸 誰谁 茲兹
"""
_SIMPLIFIED = {ord(pair[0]): pair[1] for pair in _TRADITIONAL.split()}
_ARTICLE = "ال"


@lru_cache(maxsize=65536)
def fold(word: str) -> str:
    """A word as it is compared: without case, accents, width or invisible characters.

    Traditional Chinese characters become simplified ones, and an Arabic word of three letters or more loses its
    article.
    """
    word = unicodedata.normalize("NFKD", word.translate(_INVISIBLE)).casefold()
    word = "".join(c for c in word if not unicodedata.combining(c)).translate(_FOLD).translate(_SIMPLIFIED)
    return word[2:] if word.startswith(_ARTICLE) and len(word) > 4 else word
