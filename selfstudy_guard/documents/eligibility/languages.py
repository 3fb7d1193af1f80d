"""Boilerplate phrases of the sixteen languages of the project: cookie notices, licences, footers, menus, calls to click.

One word alone gives nothing away (pages about cookies or licences exist): a notice names cookies and also the site, the
device, or what one agrees to; a licence line names a licence and says that this text is under it. English, German,
Spanish, French, Chinese and Japanese phrases that were known before stand in phrases.py.
"""

# ruff: noqa: E501  # one language stays on one line
from __future__ import annotations

import re

_COOKIE = re.compile(
    r"\bcookies?\b|\bcookie-|\bciasteczk\w*|\bciasteczek\b|\bкуки\b|\bçerez\w*|\bbiscotti tecnici\b|\btémoins de connexion\b"
    r"|クッキー|쿠키|الكوكيز|ملفات تعريف الارتباط|कुकीज?़?|Cookie",
    re.IGNORECASE,
)
_ABOUT_US = re.compile(
    # this site or its owner, said by itself
    r"\b(?:this|our) (?:web)?(?:site|page|service)\b|\bwe\b|\bunsere?\w?\b|\bwir\b|\bdiese (?:web)?(?:site|seite)\b|\b(?:este|nuestro) (?:sitio|portal)\b|\besta (?:web|página)\b|\bnosotros\b|\bnuestr[oa]s\b"
    r"|\b(?:ce|notre) site\b|\bnos partenaires\b|\bnous\b|\b(?:questo|nostro) sito\b|\bnostri partner\b|\bnoi\b|\b(?:este|nosso) (?:site|sítio|website)\b|\bnós\b|\bnossos\b"
    r"|\b(?:deze|onze) (?:web)?(?:site|pagina)\b|\bonze partners\b|\bwij\b|\b(?:ta|nasza) (?:strona|witryna)\b|\b(?:ten|nasz) serwis\b|\bnasi partnerzy\b|\b(?:этот|наш) сайт\b|\bмы\b|\bнаши партн\w+|\bbu (?:web )?site\w*|\bsitemiz\w*|\bbiz\b|\bortaklarımız\b"
    r"|\btrang (?:web )?này\b|\bchúng tôi\b|本站|本网站|我们|当サイト|当社|本サイト|이 (?:웹 ?)?사이트|당사|저희|هذا الموقع|موقعنا|شركاؤنا|نحن|यह (?:वेब)?साइट|हमार[ेीा]|हम\b",
    re.IGNORECASE,
)
_AGREE = re.compile(
    # the visitor agrees
    r"\byou (?:agree|accept|consent)\b|\b(?:stimmen sie|sie stimmen|einverstanden|sie akzeptieren)\b|\b(?:aceptas?|consientes?|consiente usted)\b|\bvous (?:acceptez|consentez)\b|\b(?:accetti|acconsenti|accetta)\b"
    r"|\b(?:aceita|concorda|consente)\b|\bakkoord\b|\baccepteer\b|\b(?:akceptujesz|zgadzasz się|wyrażasz zgodę)\b|\b(?:соглашаетесь|принимаете|даёте согласие)\b|\bkabul et\w*|\bonay ver\w*|\bbạn (?:đồng ý|chấp nhận)\b"
    r"|您?同意|同意(?:した|いただ|する)|동의|توافق|تقبل|सहमत|स्वीकार",
    re.IGNORECASE,
)
_BUTTON = re.compile(
    r"\b(?:accept|reject|allow|settings|preferences|akzeptier|ablehn|einstellung|acept|rechaz|configur|accept|refus|paramètr|personnalis|accett|rifiut|impostazion|aceit|rejeit|definiç|configuraç|accepte|weiger|instelling|akcept|odrzuc|ustawieni)\w*"
    r"|\b(?:прин|отклон|настройк)\w*|\b(?:kabul|reddet|ayar)\w*|\b(?:chấp nhận|từ chối|cài đặt)\b|接受|拒绝|设置|受け入れ|拒否|設定|수락|거부|설정|قبول|رفض|إعدادات|स्वीकार|सेटिंग",
    re.IGNORECASE,
)
_ENGLISH = re.compile(r"\b(?:the|of|and|a)\b", re.IGNORECASE)
_COMMONS = re.compile(
    r"\bcreative[ -]commons\b|\bCC[ -]BY(?:-\w\w){0,2}\b|知识共享|クリエイティブ・?コモンズ|크리에이티브 커먼즈|المشاع الإبداعي|क्रिएटिव कॉमन्स",
    re.IGNORECASE,
)
_LICENCE = re.compile(
    r"\blicen[cstz]\w*|\blizenz\w*|\bлицензи\w*|\blisans\w*|\bgiấy phép\b|许可|ライセンス|라이선스|رخصة|ترخيص|लाइसेंस",
    re.IGNORECASE,
)
_UNDER = re.compile(
    r"\b(?:this|text|content|work|licensed|available|under)\b|\b(?:dies\w*|steht|stehen|unter|verfügbar|veröffentlicht)\b|\b(?:esta|este|bajo|disponible|publica\w*)\b|\b(?:cette|ce|sous|disponibles?|mise?)\b"
    r"|\b(?:quest\w*|secondo|sotto|con|disponibile|distribuit\w*)\b|\b(?:esta|este|sob|disponível|licenciad\w*)\b|\b(?:dit|deze|onder|beschikbaar)\b|\b(?:utwór|tekst|treść|dostępn\w*|udostępnian\w*|objęt\w*)\b"
    r"|\b(?:материал|текст|доступ\w*|распростран\w*|на условиях)\b|\b(?:bu|eser|metin|altında|ile|kullanılabilir|lisanslan\w*)\b|\b(?:này|theo|phát hành|cấp phép|sẵn)\b"
    r"|采用|协议|提供|本作品|本页|の下|提供|利用|따라|제공|이용|بموجب|مرخص|متاح|अंतर्गत|तहत|उपलब्ध",
    re.IGNORECASE,
)
_FOOTER = re.compile(
    r"\btutti i diritti (?:sono )?riservati\b|\btodos os direitos reservados\b|\balle rechten voorbehouden\b|\bwszelkie prawa zastrzeżone\b|\bвсе права защищены\b|\btüm hakları saklıdır\b|\b(?:bảo lưu mọi|giữ mọi|đã đăng ký) (?:bản )?quyền\b"
    r"|無断(?:転載|複製)|著作権所有|모든 권리 보유|무단 전재|جميع الحقوق محفوظة|حقوق (?:النشر|الطبع)|सर्वाधिकार सुरक्षित|कॉपीराइट|版权所有|\btelif hakkı\b|\bbản quyền (?:©|\d|thuộc)|\bcopyright\b.{0,4}\d{4}"
    r"|\b(?:p\. ?iva|partita iva|cnpj|nif|cif|siret|siren|rcs|kvk|btw(?:-nummer)?|nip|regon|krs|инн|огрн|кпп|hrb|ust-?id(?:nr)?|amtsgericht|handelsregister|mersis|vergi no|mã số (?:thuế|doanh nghiệp))\b.{0,12}\d"
    r"|\bicp备|사업자 ?등록 ?번호|通信販売業者|特定商取引法|السجل التجاري|पंजीकरण (?:संख्या|सं)",
    re.IGNORECASE,
)
_POLICIES = re.compile(
    r"^(?:note legali|informativa sulla privacy|privacy policy|termini (?:e condizioni|d'uso)|termos de uso|política de privacidade|aviso legal|política de (?:privacidad|cookies)|condiciones de uso|mentions légales|politique de confidentialité"
    r"|conditions d'utilisation|algemene voorwaarden|privacyverklaring|regulamin|polityka prywatności|пользовательское соглашение|политика конфиденциальности|условия использования|kullanım koşulları|gizlilik politikası"
    r"|điều khoản sử dụng|chính sách bảo mật|使用条款|隐私政策|利用規約|プライバシーポリシー|이용약관|개인정보 ?처리방침|شروط الاستخدام|سياسة الخصوصية|उपयोग की शर्तें|गोपनीयता नीति|datenschutz(?:erklärung)?|nutzungsbedingungen|impressum|agb)$",
    re.IGNORECASE,
)
_CALLS = re.compile(
    r"\b(?:iscriviti|abbonati) (?:alla|al)\b|\bcondividi\b.{0,30}$|\btorna (?:su|in alto|all'inizio)\b|\bcontinua a leggere\b|\bleggi (?:tutto|di più|anche)\b|\baccedi (?:per|o registrati)\b|^ti trovi in\b"
    r"|\b(?:assine|inscreva-se)\b|\b(?:compartilh|partilh)\w+ (?:este|esta|no|via)\b|\bvoltar ao (?:topo|início)\b|\b(?:continue|continuar) (?:lendo|a ler)\b|\b(?:leia|saiba) mais\b|\bentre para comentar\b|^você está aqui\b"
    r"|\b(?:schrijf je|meld je|abonneer) .{0,20}(?:in|aan|nieuwsbrief)\b|\bdeel (?:dit|deze|via)\b|\bterug naar (?:boven|de top)\b|\blees (?:verder|meer|ook)\b|\blog in om\b|^(?:je|u) bent? hier\b"
    r"|\bzapisz się\b|\budostępnij\b|\bpowrót do góry\b|\b(?:czytaj|dowiedz się) (?:dalej|więcej)\b|\bzaloguj się\b|^jesteś tutaj\b"
    r"|\bподпи(?:шитесь|саться)\b|\bподелиться\b|^(?:наверх|вверх)$|\bчитать? (?:далее|дальше|также)\b|\bподробнее\b.{0,20}$|\b(?:войдите|войти)\b|^вы здесь\b"
    r"|\babone ol\w*|\bpaylaş(?:ın)?$|\b(?:başa|yukarı) (?:dön|çık)\b|\bdevamını oku\b|\bdaha fazla(?:sı)?$|\bgiriş yap\w*|^buradasınız\b"
    r"|\bđăng ký nhận\b|^chia sẻ\b|\b(?:lên|về) đầu trang\b|^(?:đọc|xem) (?:tiếp|thêm)\b|\bđăng nhập\b|^bạn đang ở\b"
    r"|订阅(?:我们)?的?|^分享|返回顶部|(?:继续|展开)阅读|阅读全文|登录后|^当前位置|^您(?:现在)?(?:的位置|在)|メールマガジン|シェアする|(?:先頭|トップ|上)(?:へ|に)戻る|続きを読む|もっと見る|ログインしてください|^現在地"
    r"|구독하기|공유하기|맨 위로|계속 읽기|더 ?보기|로그인(?:하세요|해)|^현재 위치|اشترك في|شارك (?:هذا|المقال|على)|العودة إلى الأعلى|اقرأ (?:المزيد|أيضا)|سجل الدخول|^أنت هنا|सदस्यता लें|साझा करें|ऊपर जाएँ|और पढ़ें|लॉग ?इन करें|^आप यहाँ हैं"
    r"|\bsie sind hier\b|\bseite drucken\b|\bzum seitenanfang\b|\bweiterlesen\b|^anmelden,? um\b|^usted está en\b|\bvolver arriba\b|\bseguir leyendo\b|\binicia(?:r)? sesión\b|^vous êtes ici\b|\bretour en haut\b|\bconnectez-vous\b|\binscrivez-vous\b",
    re.IGNORECASE,
)
MENU_WORDS = frozenset(
    (  # a list of words reads better as one
        # it, pt
        "chi siamo negozio contatti contatto accedi cerca prodotti notizie visite carrello início sobre nós loja contato produtos notícias entrar pesquisar "
        # nl, pl
        "winkel zoeken producten nieuws inloggen bezoek strona główna nas sklep kontakt szukaj produkty aktualności zaloguj zwiedzanie "
        # ru, tr
        "главная нас магазин контакты новости продукты поиск войти посещение ana sayfa anasayfa hakkımızda mağaza iletişim ürünler haberler ara giriş ziyaret "
        # vi, ko
        "trang chủ giới thiệu cửa hàng liên hệ tin tức sản phẩm 홈 소개 회사 상점 문의하기 문의 뉴스 제품 로그인 "
        # zh, ja, ar, hi
        "首页 关于我们 商店 联系我们 新闻 产品 登录 参观 ホーム 私たちについて 会社概要 ショップ お問い合わせ ニュース 製品 ログイン 見学 الرئيسية نحن المتجر اتصل بنا الأخبار المنتجات होम मुखपृष्ठ बारे दुकान संपर्क समाचार उत्पाद "
        # de, es, fr
        "laden besuch quiénes somos tienda visitas propos boutique visites"
    ).split()
)
"""Words of menus; an entry that holds one counts as known."""
_ENTRY_SPLIT = re.compile(r"\s*[|·•»›>]\s*")


def said_in(flat: str, size: int) -> str | None:
    """Why a paragraph is boilerplate, by phrases of any of the languages; None where it does not say so.

    Args:
        flat: the paragraph in one line.
        size: its words.
    """
    if size > 60:
        return None
    if size <= 45 and _COOKIE.search(flat) and _is_notice(flat, size):
        return "cookie notice"
    if size <= 30 and _COMMONS.search(flat) and _LICENCE.search(flat) and _UNDER.search(flat):
        return "licence"
    if size <= 30 and _FOOTER.search(flat):
        return "footer"
    entries = [entry for entry in _ENTRY_SPLIT.split(flat) if entry]
    if entries and all(_POLICIES.match(entry) for entry in entries):
        return "footer"
    if size <= 14 and _CALLS.search(flat):
        return "navigation"
    return None


def _is_notice(flat: str, size: int) -> bool:
    """Whether what names cookies speaks for its site, to its visitor, or is a row of buttons."""
    if flat.isascii() and _ENGLISH.search(flat):
        return _ABOUT_US.search(flat) is not None and _AGREE.search(flat) is not None  # English ones may be biscuits
    return bool(_ABOUT_US.search(flat) or _AGREE.search(flat) or (size <= 10 and _BUTTON.search(flat)))
