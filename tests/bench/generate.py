"""Any number of made-up articles: other names, numbers, days, provinces and layouts in each, by a seed.

    python tests/bench/generate.py 10000 FOLDER [--seed 1] [--mix newspaper] [--jsonl]

Article `n` of a seed and mix is always the same text. The words are ours; the names are put together from
parts, the provinces are those of the register. A few central documents are named by many articles, plans by
one or two, as it is with real news.

- `--mix reports` (the default): reports of conferences alone, the densest pages there are: some 940 quads
  each. About every tenth says nothing of the Party.
- `--mix newspaper`: what a newspaper prints. It has the length and the density of 11,528 real articles with
  a Party term (2,473 letters, 87 quads on average): two in a hundred are reports, eight news in brief, the
  others long stories in which an official now and then says something.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import pyoxigraph as ox

from kg.namespaces import CKG
from kg.resources import ontology_dir

_SURNAMES = "Nguyễn Trần Lê Phạm Hoàng Huỳnh Phan Vũ Võ Đặng Bùi Đỗ Hồ Ngô Dương Lý Đinh Trịnh Lò Giàng"
_MIDDLE = "Văn Thị Đức Minh Quang Thanh Hồng Ngọc Xuân Hữu Công Đình Quốc Thu Kim Bá Anh Thế Duy Mai"
_GIVEN = (
    "An Bình Cường Dũng Giang Hà Hải Hùng Hương Khánh Lan Linh Long Mai Nam Nga Phong Phúc Quân Sơn Tâm Thảo "
    "Thắng Thủy Trung Tuấn Tùng Vinh Yến Bảo Châu Đạt Hiếu Hoa Huy Khoa Lâm Nhung Oanh Quyên"
)
NAMES = tuple(part.split() for part in (_SURNAMES, _MIDDLE, _GIVEN))
CENTRAL = (
    *(("Chỉ thị", "CT/TW", "Ban Bí thư"), ("Nghị quyết", "NQ/TW", "Bộ Chính trị")),
    *(("Kết luận", "KL/TW", "Bộ Chính trị"), ("Quy định", "QĐ/TW", "Ban Bí thư")),
)
SUBJECTS = (
    "tăng cường sự lãnh đạo của Đảng đối với công tác đối ngoại nhân dân trong tình hình mới",
    "nâng cao chất lượng, hiệu quả công tác thông tin đối ngoại",
    "đẩy mạnh công tác tuyên truyền, quán triệt nghị quyết trong cán bộ, đảng viên",
    "tăng cường công tác kiểm tra, giám sát của tổ chức đảng",
    "phát triển kinh tế tập thể gắn với xây dựng nông thôn mới",
    "quản lý và sử dụng đất đai tiết kiệm, có hiệu quả",
    "bảo vệ nền tảng tư tưởng của Đảng trên không gian mạng",
    "chăm lo đời sống của đồng bào vùng sâu, vùng xa",
)
POSTS = (
    *("Bí thư Tỉnh ủy", "Phó Bí thư Thường trực Tỉnh ủy", "Trưởng Ban Tuyên giáo Tỉnh ủy"),
    *("Trưởng Ban Dân vận Tỉnh ủy", "Chủ tịch UBND tỉnh", "Phó Chủ tịch UBND tỉnh"),
    *("Chánh Văn phòng Tỉnh ủy", "Giám đốc Sở Nội vụ"),
)
RECEIVERS = (
    *("Sở Nội vụ", "Ban Tuyên giáo Tỉnh ủy", "Văn phòng Tỉnh ủy", "Sở Tài chính"),
    *("Sở Thông tin và Truyền thông", "Mặt trận Tổ quốc Việt Nam tỉnh", "các huyện ủy, thành ủy"),
)
DUTIES = (
    "rà soát các chương trình đã ký và báo cáo trước ngày {day}",
    "tham mưu kế hoạch cụ thể cho từng năm",
    "chủ trì, phối hợp với các cơ quan liên quan kiểm tra việc thực hiện",
    "biên soạn tài liệu hỏi đáp gửi tới từng chi bộ",
    "bố trí kinh phí để triển khai đúng tiến độ",
)
VIEWS = (
    "việc học tập phải đi đôi với làm theo, tránh hình thức",
    "kết quả của nửa nhiệm kỳ đầu là cơ sở để giao chỉ tiêu cho những năm tới",
    "cấp ủy nơi nào chậm ban hành kế hoạch thì người đứng đầu nơi đó phải giải trình",
    "mỗi chi bộ cần chọn một việc khó để làm trước",
)
ELSEWHERE = (
    "Mưa lớn từ đêm qua làm nhiều tuyến đường ở {place} ngập sâu, học sinh được nghỉ buổi sáng.",
    "Giải bóng chuyền mở rộng của {place} khép lại với chiến thắng thuộc về đội chủ nhà.",
    "Giá cà phê tại {place} tăng nhẹ, các đại lý thu mua ở mức cao nhất từ đầu vụ.",
    "Khu chợ trung tâm của {place} mở cửa trở lại sau ba tháng sửa chữa.",
)
STORIES = (
    "Con đường dài {n} km nối hai bờ sông vừa được thảm nhựa, xe tải không còn phải đi vòng qua phà.",
    "Từ tờ mờ sáng, những chuyến xe chở rau đã nối đuôi nhau rời {place} để kịp phiên chợ đầu tuần.",
    "Vụ này bà con thu được khoảng {n} tạ trên mỗi héc-ta, cao hơn vụ trước mà chi phí phân bón lại giảm.",
    "Chủ một vườn bưởi rộng {n} công, kể rằng có năm nước mặn lên sớm, cả nhà thức canh cống.",
    "Lớp học chỉ có {n} em nhưng đủ ba độ tuổi, cô giáo phải chia bảng làm đôi để dạy cùng lúc.",
    "Trạm quan trắc ghi nhận mực nước xuống thấp nhất trong vòng {n} năm, nhiều đoạn kênh trơ đáy.",
    "Đội bóng của {place} gỡ hòa ở phút thứ {n} sau một tình huống phạt góc mà thủ môn đội bạn đoán sai.",
    "Người bán hàng ở góc chợ sáng nào cũng dọn sạp lúc bốn giờ và nghỉ khi chợ vãn khách.",
    "Khách đến bằng xe đạp được mượn mũ và áo mưa, chỉ cần để lại số điện thoại ở quầy hướng dẫn.",
    "Theo số liệu của cửa hàng, lượng hàng bán trong ngày {day} gấp rưỡi ngày thường, phần lớn là quà quê.",
    "Mái ngói của ngôi nhà cổ được thay từng viên, gỗ mục được nối bằng mộng chứ không dùng đinh.",
    "Nhà máy có {n} công nhân làm ba ca, riêng xưởng đóng gói chạy suốt đêm để kịp đơn hàng cuối tháng.",
    "Người dân góp công đào mương, xã lo phần ống cống, nhờ vậy nước về đến chân ruộng trước khi gieo sạ.",
    "Bác sĩ khuyên người lớn tuổi uống đủ nước, tránh ra ngoài vào giữa trưa khi trời nắng gắt.",
    "Sau {n} ngày sửa chữa, cây cầu treo thông xe trở lại, học sinh không phải đi đò qua suối nữa.",
    "Bộ phim kể chuyện một người thợ gốm trở về {place} sau nhiều năm xa nhà và dựng lại lò nung của cha.",
    "Giá vé không đổi so với năm ngoái, trẻ em dưới một mét được vào cửa miễn phí.",
    "Một hộ trong xóm thử nuôi tôm trong bể bạt, lứa đầu lỗ nặng, đến lứa thứ ba thì bắt đầu có lãi.",
    "Đoàn khảo sát đi dọc bờ biển {n} km và đếm được hơn chục điểm sạt lở, có chỗ sóng đã vào sát nhà dân.",
    "Mưa tạnh, nước rút nhanh, để lại lớp bùn dày trên mặt đường và những đống rác mắc vào lan can cầu.",
    "Hơn {n} tác phẩm được chọn treo, phần nhiều là tranh lụa của các họa sĩ trẻ.",
    "Chuyến tàu chậm gần một giờ vì có cây đổ chắn ngang đường ray, không ai bị thương.",
    "Cửa hàng chỉ nhận hàng có giấy của trại giống, khách được xem tận nơi và trả lại trong vòng {n} ngày.",
    "Những bức thư cũ được ép phẳng, chụp lại từng trang rồi mới cho vào hộp giấy chống ẩm.",
    "Vòng loại diễn ra ở {place}, mỗi đội được đăng ký {n} vận động viên và hai huấn luyện viên.",
    "Đêm xuống, cả xóm tập trung ở sân đình nghe hát, người già ngồi chiếu trên, trẻ con chạy quanh gốc đa.",
    "Lô hàng đầu tiên gồm {n} tấn nhãn đã qua chiếu xạ và lên tàu từ chiều {day}.",
    "Bà {name} giữ nghề dệt từ đời mẹ, mỗi tấm vải mất gần một tháng, bán được đồng nào lại mua thêm sợi.",
    "Bãi giữ xe chật kín từ sáng, nhiều người phải gửi nhờ nhà dân cách đó vài trăm mét.",
    "Trận này hai đội chơi chậm, bóng chủ yếu ở giữa sân, khán giả bắt đầu ra về từ phút thứ {n}.",
)
OFFICIALS = (
    "Theo Chủ tịch UBND xã {name}, việc đền bù cho các hộ dân còn lại sẽ xong trước mùa mưa.",
    "Phó Chủ tịch UBND tỉnh {place} {name} đã đến kiểm tra và yêu cầu đơn vị thi công lắp thêm đèn.",
    "Ông {name}, Giám đốc Sở Nông nghiệp và Phát triển nông thôn tỉnh {place}, nói lúa mới chịu mặn.",
    "Bí thư Đảng ủy xã {name} nói rằng lúc đầu nhiều nhà ngại góp đất, nay ai cũng vui.",
    "Ông {name}, Phó Bí thư Thường trực Tỉnh ủy {place}, đề nghị ngành giáo dục sớm bố trí đủ giáo viên.",
)
MIXES = ("reports", "newspaper")
FULL, BRIEF = 0.02, 0.1  # of a newspaper: up to the first a report, up to the second news in brief


@cache
def provinces() -> tuple[str, ...]:
    """The names of the provinces (not of the cities of that rank), sorted."""
    names, found = {}, set()
    for quad in ox.parse(path=ontology_dir() / "register" / "territories.ttl", format=ox.RdfFormat.TURTLE):
        subject, said = str(quad.subject), (quad.predicate.value, getattr(quad.object, "value", ""))
        if said[0] == CKG.properName:
            names[subject] = said[1]
        elif said == (CKG.territoryKind, "tỉnh"):
            found.add(subject)
    return tuple(sorted({names[subject] for subject in found}))


class _Story:
    """One article in the making: the same choices for the same seed and number."""

    def __init__(self, seed: int, number: int) -> None:
        self.chance = random.Random(f"{seed}/{number}")
        self.place = self.chance.choice(provinces())
        self.day = date(2017, 1, 1) + timedelta(days=self.chance.randrange(3000))
        self.held = self.day - timedelta(days=self.chance.randrange(3))
        self.central = self._central()
        self.local = f"Kế hoạch số {self.chance.randint(1, 400)}-KH/TU"
        self.local_day = self.held - timedelta(days=self.chance.randint(5, 300))

    def name(self) -> str:
        """A person's name of three words."""
        return " ".join(self.chance.choice(words) for words in NAMES)

    def _central(self) -> str:
        rank = int(self.chance.paretovariate(1.0)) % 180 + 1  # few are named often, most seldom
        known = random.Random(f"central/{rank}")  # the same document in every article that names it
        kind, symbol, issuer = known.choice(CENTRAL)
        day = date(2016, 3, 1) + timedelta(days=known.randrange(2500))
        self.subject = known.choice(SUBJECTS)
        if self.chance.random() < 0.3:
            return f"{kind} số {rank}-{symbol}"
        return f"{kind} số {rank}-{symbol} ngày {vietnamese(day, self.chance)} của {issuer} về {self.subject}"

    def paragraphs(self) -> list[str]:
        """Headline and story."""
        pick, place = self.chance.choice, self.place
        short = self.central.split(" ngày")[0]
        if self.chance.random() < 0.1:
            return [f"{place}: chuyện trong tuần", *(text.format(place=place) for text in ELSEWHERE)]
        people = [(self.name(), pick(POSTS)) for _ in range(self.chance.randint(2, 5))]
        chair, guests = people[0], "; ".join(f"{name}, {post}" for name, post in people[1:])
        told = [
            f"{place}: Hội nghị quán triệt {short}",
            f"Ngày {vietnamese(self.held, self.chance)}, Tỉnh ủy {place} tổ chức hội nghị học tập, "
            f"quán triệt {self.central}. Đồng chí {chair[0]}, {chair[1]} chủ trì hội nghị.",
            f"Dự hội nghị có các đồng chí: {guests} cùng {pick((80, 120, 250))} đại biểu.",
            f"Tại hội nghị, đồng chí {people[-1][0]} giới thiệu những nội dung cơ bản của {short}.",
            f"Để thực hiện {short}, Ban Thường vụ Tỉnh ủy {place} đã ban hành {self.local} ngày "
            f"{vietnamese(self.local_day, self.chance)} với {pick('3456789')} nhiệm vụ trọng tâm.",
            *(self._duty() for _ in range(self.chance.randint(1, 4))),
            f"Phát biểu kết luận hội nghị, đồng chí {chair[0]} nhấn mạnh: {pick(VIEWS)}.",
            *(f"Đồng chí {name} cho rằng {pick(VIEWS)}." for name, _ in people[1:3]),
        ]
        body = told[4:]
        self.chance.shuffle(body)
        return [*told[:4], *body]

    def brief(self) -> str:
        """News in brief: what was issued or held, in one sentence."""
        day = vietnamese(self.held, self.chance)
        stamp = f"{self.day.day:02}/{self.day.month:02}/{self.day.year} {self.chance.randint(6, 22):02}:40"
        if self.chance.random() < 0.3:
            text = self.chance.choice(ELSEWHERE).format(place=self.place)
            return f"Tin vắn {self.place}\n\n{stamp}\n\n{text}\n"
        short = self.central.split(" ngày")[0]
        text = (
            f"Ngày {day}, Ban Thường vụ Tỉnh ủy {self.place} đã ban hành {self.local} thực hiện {short}."
            if self.chance.random() < 0.5
            else f"Ngày {day}, Tỉnh ủy {self.place} tổ chức hội nghị quán triệt {self.central}."
        )
        return f"{self.place}: {short}\n\n{stamp}\n\n{text}\n"

    def feature(self) -> str:
        """A long story about something else, in which an official may have a word."""
        told = self.chance.sample(STORIES, self.chance.randint(25, 30))
        told[:0] = self.chance.sample(OFFICIALS, int(self.chance.random() < 0.125))
        self.chance.shuffle(told)
        told = [line.format(place=self.place, name=self.name(), n=self.chance.randint(3, 90),
                            day=f"{self.held.day}/{self.held.month}") for line in told]  # fmt: skip
        paragraphs = [" ".join(told[at : at + 3]) for at in range(0, len(told), 3)]
        stamp = f"{self.day.day:02}/{self.day.month:02}/{self.day.year} {self.chance.randint(6, 22):02}:05"
        return "\n\n".join((f"{self.place}: chuyện quanh ta", stamp, *paragraphs, self.name())) + "\n"

    def _duty(self) -> str:
        due = vietnamese(self.day + timedelta(days=self.chance.randint(10, 200)), self.chance)
        duty = self.chance.choice(DUTIES).format(day=due)
        head = self.chance.choice(("Kế hoạch giao", "Ban Thường vụ Tỉnh ủy yêu cầu", "Tỉnh ủy đề nghị"))
        return f"{head} {self.chance.choice(RECEIVERS)} {duty}."

    def text(self) -> str:
        """The page in one of four layouts: stamp above, stamp below, wrapped lines, with captions."""
        head, *story = self.paragraphs()
        stamp = f"{self.day.day:02}/{self.day.month:02}/{self.day.year} {self.chance.randint(6, 22):02}:15"
        layout = self.chance.randrange(4)
        if layout == 0:
            return "\n\n".join((head, stamp, *story)) + "\n"
        if layout == 1:
            return "\n\n".join(("Tin tức", head, f"{self.name().upper()} {stamp}", *story)) + "\n"
        if layout == 2:
            return "\n\n".join((head.upper(), stamp, *("\n".join(wrapped(p)) for p in story))) + "\n"
        caption = f"anh_{self.chance.randint(100, 999)}.jpg\nQuang cảnh hội nghị. Ảnh: {self.name()}"
        return "\n\n".join((head, f"(Cập nhật {stamp})", story[0], caption, *story[1:])) + "\n"


def vietnamese(day: date, chance: random.Random) -> str:
    """A date as articles write it."""
    d, m, y = day.day, day.month, day.year
    return chance.choice((f"{d}/{m}/{y}", f"{d:02}-{m:02}-{y}", f"{d} tháng {m} năm {y}"))


def wrapped(paragraph: str, width: int = 60) -> Iterator[str]:
    """A paragraph as lines of a printed column."""
    line = ""
    for word in paragraph.split():
        if line and len(line) + len(word) >= width:
            yield line
            line = word
        else:
            line = f"{line} {word}".strip()
    yield line


def article(number: int, seed: int = 1, mix: str = "reports") -> str:
    """The text of article `number` of a mix."""
    story = _Story(seed, number)
    if mix == "reports":
        return story.text()
    share = random.Random(f"{seed}/{mix}/{number}").random()
    return story.text() if share < FULL else story.brief() if share < BRIEF else story.feature()


def write(
    count: int, folder: Path, *, seed: int = 1, mix: str = "reports", jsonl: bool = False
) -> list[Path]:
    """Write articles as text files, a thousand a folder, or as one JSON Lines file; the paths to build."""
    folder.mkdir(parents=True, exist_ok=True)
    if jsonl:
        target = folder / f"articles-{count}.jsonl"
        with target.open("w", encoding="utf-8") as file:
            for number in range(count):
                record = {"id": f"{number:07}", "text": article(number, seed, mix)}
                file.write(json.dumps(record, ensure_ascii=False) + "\n")
        return [target]
    for number in range(count):
        part = folder / f"{number // 1000:04}"
        part.mkdir(exist_ok=True)
        (part / f"g{number:07}.txt").write_text(article(number, seed, mix), "utf-8")
    return [folder]


def main() -> None:
    """Writes the articles and names what was written."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("count", type=int, help="how many articles")
    parser.add_argument("folder", type=Path, help="where to")
    parser.add_argument("--seed", type=int, default=1, help="another seed gives other articles (default: 1)")
    parser.add_argument(
        "--mix", choices=MIXES, default=MIXES[0], help="what kind of pages (default: %(default)s)"
    )
    parser.add_argument("--jsonl", action="store_true", help="one JSON Lines file instead of text files")
    options = parser.parse_args()
    for path in write(options.count, options.folder, seed=options.seed, mix=options.mix, jsonl=options.jsonl):
        print(path)


if __name__ == "__main__":
    main()
