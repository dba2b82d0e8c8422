"""Invented names in twelve scripts, a hundred in each, some of them sixty characters long.

Put together of first names and words around tables, cards and meetings: nobody is called so.
"""

from collections.abc import Mapping, Sequence

LONG = 60

PARTS: Mapping[str, tuple[str, str]] = {
    "arabic": (
        "ليان|سامر|نور الهدى|عبد الرحمن|مَريَم|فؤاد|زهراء|غسان|لؤي|آمنة",
        "الخيالي|بن ورق|الموعدي|أبو طاولة|الجدولي|القلمي|السطري|الكرسي|اللقائي|المقهوي",
    ),
    "hebrew": (
        "נועה|איתמר|שִׁירָה|אליעזר|רות|יהונתן|מיכל|צבי|תמר|ברוך",
        "דמיוני|בן־שולחן|כרטיסי|אבני־נייר|פגישתי|לוחות|סיבובי|ריקמה|נקודתי|מפגש",
    ),
    "devanagari": (
        "श्रेया|कृष्ण|प्रद्युम्न|अर्चिता|ज्ञानेश|त्रिशा|विक्रम|ऋद्धि|संगीता|दुर्गेश",
        "काल्पनिक|पत्रवाला|मेजकर|चक्रवर्णी|मिलनीय|ट्रस्टवाल|क्षणकर|द्विमेज|शर्तिया|रङ्गपत्री",
    ),
    "bengali": (
        "শ্রেয়সী|কৃষ্ণেন্দু|প্রজ্ঞা|অর্ণব|সৌম্যদীপ্ত|ঋত্বিক|জ্যোৎস্না|দুর্গা|বিশ্বজিৎ|ঐন্দ্রিলা",
        "কাল্পনিক|টেবিলকার|চক্রবর্ণী|পত্রলেখ|মিলনকর|ক্ষণিক|রঙ্গপত্র|স্বপ্নধর|বৈঠকী|ঘণ্টাকর",
    ),
    "tamil": (
        "ஸ்ரீமதி|கௌரி|பொன்னம்பலம்|தமிழ்ச்செல்வி|க்ஷேமா|ராஜேஷ்|யாழினி|கொற்றவை|மீனாக்ஷி|ஜெயந்தி",
        "கற்பனையூரார்|மேசைக்காரர்|அட்டையன்|சந்திப்பான்|சுற்றுக்காரன்|நேரத்தார்|பொழுதன்|கூடலூரன்|கையெழுத்தான்|புதியவன்",
    ),
    "thai": (
        "ณัฐวุฒิ|พิมพ์ชนก|กฤษณ์|ศิริพร|ธีรศักดิ์|ปริญญา|น้ำฝน|เกื้อกูล|ชื่นใจ|วรรณวิสา",
        "สมมติกุล|โต๊ะกลม|บัตรชื่อ|พบปะดี|รอบเวลา|กระดาษงาม|เก้าอี้ทอง|นัดหมายศิริ|เพื่อนใหม่|น้ำใจประเสริฐ",
    ),
    "han": (
        "王|李|歐陽|司马|張|陈|劉|诸葛|黃|龘",
        "纸卡|圓桌|会面|輪次|茶歇|名牌|时刻|座位|相逢|璐瑤",
    ),
    "kana": (
        "さくら|ひなた|ケンジ|ジョーンズ|みゆき|ツバサ|ヴィクトリア|ゆづき|カヲル|きょうこ",
        "かみふだ|まるテーブル|カードや|であい|じかんわり|ペーパー|いすとり|めぐりあい|なふだ|ゔぁーちゃる",
    ),
    "hangul": (
        "김|이|박|최|남궁|황보|선우|뷁|한|정",
        "가상|둥근탁|명찰희|만남|종이꽃|시간표|자리아|새벗|깎닭|월요일",
    ),
    "greek": (
        "Ἀλέξανδρος|Ελένη|Ὀδυσσεύς|Δημήτρης|Ἑρμιόνη|Φωτεινή|Αθηνά|Ξένια|Ψυχή|Σωκράτης",
        "Τραπεζάκης|Χαρτόπουλος|Συναντήσεως|Γύρος|Καρτάς|Καθισμάτης|Ρολογάς|Φανταστός|Ονοματίδης|ᾨδικός",
    ),
    "cyrillic": (
        "Ярослава|Їжак|Љубица|Фёдор|Ўткір|Әсел|Ђорђе|Өнөр|Гюлчатай|Щука",
        "Карточкина|Столовий|Встречин|Бумажний|Круглов|Часовщић|Выдуманов|Ґанок|Қағазбай|Йлдъз",
    ),
    "latin": (
        "Zoë|Žofie|Nguyễn|Ọlámìdé|Åse|Ğülşən|M̃aría|E̩nilo̩|Łucja|Z̀u̱ri",
        "Tìsch-Kärtchen|Příkladová|Rűndeŏ|Ç̌ard|Ṃēēt̄ing|ß̥olt|Ǫ̈x|Þórsborð|Bàǹdé|Ẽxēm̧plo",
    ),
}
"""First and last names."""
BETWEEN = {"han": "", "hangul": ""}
"""What stands between the two, where it is no blank."""


def invented_names(script: str) -> Sequence[str]:
    """A hundred names in a script; every tenth has sixty characters."""
    firsts, lasts = (part.split("|") for part in PARTS[script])
    between = BETWEEN.get(script, " ")
    names = [between.join((first, last)) for first in firsts for last in lasts]
    return [_long(names, k, between) if k % 10 == 3 else name for k, name in enumerate(names)]


def _long(names: Sequence[str], k: int, between: str) -> str:
    """A name and others behind it, until it is long."""
    whole = between.join(names[(k + 11 * step) % len(names)] for step in range(LONG))
    return whole[:LONG].rstrip()
