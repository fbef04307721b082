/// The words that made-up customers consist of.
enum Names {
  /// Frequent surnames, with the spelling that e-mail addresses use.
  static let chineseSurnames = [
    ("王", "wang"), ("李", "li"), ("张", "zhang"), ("刘", "liu"), ("陈", "chen"), ("杨", "yang"), ("黄", "huang"),
    ("赵", "zhao"), ("吴", "wu"), ("周", "zhou"), ("徐", "xu"), ("孙", "sun"), ("马", "ma"), ("朱", "zhu"),
    ("胡", "hu"), ("郭", "guo"), ("何", "he"), ("高", "gao"), ("林", "lin"), ("罗", "luo"), ("郑", "zheng"),
    ("欧阳", "ouyang"), ("司马", "sima"), ("诸葛", "zhuge"),
  ]

  /// Syllables of given names, used once or twice.
  static let chineseGiven = [
    "伟", "芳", "娜", "敏", "静", "丽", "强", "磊", "军", "洋", "勇", "艳", "杰", "娟", "涛", "明", "超", "秀", "霞", "平",
    "刚", "桂", "英", "华", "玉", "萍", "红", "鹏", "宇", "轩", "涵", "梓", "晨", "欣", "怡", "博", "文", "嘉", "雨", "思",
  ]

  static let latinGiven = [
    "Anna", "Ben", "Chloé", "Daniel", "Elena", "Frank", "Grace", "Hugo", "Inès", "Jack", "Katarína", "Liam",
    "Maria",
    "Noah", "Olivia", "Péter", "Quinn", "Rosa", "Søren", "Tom", "Ursula", "Víctor", "Wendy", "Zoë",
  ]

  /// Surnames, with the spelling that e-mail addresses use.
  static let latinSurnames = [
    ("Smith", "smith"), ("Müller", "mueller"), ("García", "garcia"), ("O'Brien", "obrien"),
    ("Novák", "novak"),
    ("Rossi", "rossi"), ("Larsson", "larsson"), ("Dubois", "dubois"), ("Jones", "jones"),
    ("Kowalski", "kowalski"),
    ("Nguyen", "nguyen"), ("Brown", "brown"), ("Silva", "silva"), ("Anderson", "anderson"),
    ("de Vries", "devries"),
  ]

  static let chineseCities = [
    "北京", "上海", "广州", "深圳", "杭州", "成都", "武汉", "西安", "南京", "重庆", "苏州", "天津", "长沙", "郑州", "青岛",
  ]
  static let chineseStreets = ["人民路", "中山路", "解放路", "建设路", "文化路", "和平路", "新华路", "长江路"]

  static let latinCities = ["London", "New York", "Singapore", "Hong Kong", "Sydney", "Toronto"]
  static let latinStreets = ["High Street", "Station Road", "Park Avenue", "Church Lane", "Main Street"]

  static let tiers = ["standard", "standard", "standard", "standard", "silver", "silver", "gold", "platinum"]

  /// With commas, quotes and non-ASCII text, as people write them.
  static let notes = [
    "prefers calls after 18:00", "asked for an invoice, twice", "said \"never by phone\"", "生日前后联系",
    "moved, new address to confirm",
    "VIP", "客户要求纸质账单, 已寄出", "complaint about a late refund",
  ]
}
