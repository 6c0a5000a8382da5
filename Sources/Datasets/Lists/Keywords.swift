import Algorithms

/// The 200 words of NeuroBench's keyword task; a word's class index is its position.
///
/// Data synthesis speaks them, and data sets that contain only these words take their class order from here.
/// Nothing else depends on them: a data set has its own list of words.
public enum Keywords {
  /// All words, base words first.
  public static let all: [Word] = table.split(separator: "\n").dropFirst().compactMap { line in
    let fields = line.split(separator: ",").map(String.init)
    guard fields.count == 4 else { return nil }
    return Word(name: fields[1], language: fields[2], part: fields[3] == "base" ? .base : .session)
  }

  /// The languages in the order of their words.
  public static let languages: [String] = Array(all.map(\.language).uniqued())

  /// The class index of a word; nil when it is not one of the 200. A straight apostrophe equals the typographic one.
  public static func index(of name: String, language: String) -> Int? {
    positions[Key(name: name, language: language)]
  }

  private struct Key: Hashable {
    let name: String
    let language: String

    init(name: String, language: String) {
      self.name = String(name.map { $0 == "'" ? "’" : $0 })
      self.language = language
    }
  }

  private static let positions = Dictionary(
    all.enumerated().map { (Key(name: $1.name, language: $1.language), $0) },
    uniquingKeysWith: { first, _ in first })
}

extension Keywords {
  /// The words of some languages, or some words, in the table's order; nil for all.
  ///
  /// - Throws: ``SynthesisOptionError`` for a language or a word that is not in the table, with the nearest one.
  public static func select(languages: [String]? = nil, words: [String]? = nil) throws -> [Word] {
    for language in languages ?? [] where !Self.languages.contains(language) {
      throw SynthesisOptionError(
        "there are no words of the language \"\(language)\"",
        hint: "the languages are \(Self.languages.joined(separator: ", "))")
    }
    for word in words ?? [] where !all.contains(where: { $0.name == word }) {
      throw SynthesisOptionError(
        "\"\(word)\" is not one of the 200 words",
        hint: word.nearest(in: all.map(\.name)).map { "did you mean \"\($0)\"?" })
    }
    return all.filter { word in
      (languages?.contains(word.language) ?? true) && (words?.contains(word.name) ?? true)
    }
  }
}

// From NeuroBench's keywords.csv: 20 base words of each of five languages, then ten session words of each of ten
// languages. The order is the class index.
extension Keywords {
  /// The table as text: `class,word,language,part`.
  static let table = """
    class,word,language,part
    0,surrounding,en,base
    1,appearance,en,base
    2,collection,en,base
    3,subsequently,en,base
    4,experience,en,base
    5,previously,en,base
    6,professional,en,base
    7,immediately,en,base
    8,independent,en,base
    9,successful,en,base
    10,traditional,en,base
    11,development,en,base
    12,international,en,base
    13,established,en,base
    14,information,en,base
    15,instruments,en,base
    16,construction,en,base
    17,performance,en,base
    18,university,en,base
    19,significant,en,base
    20,nombreuses,fr,base
    21,l’amendement,fr,base
    22,nationale,fr,base
    23,défavorable,fr,base
    24,toutefois,fr,base
    25,professeur,fr,base
    26,française,fr,base
    27,commission,fr,base
    28,actuellement,fr,base
    29,politique,fr,base
    30,territoire,fr,base
    31,aujourd’hui,fr,base
    32,gouvernement,fr,base
    33,rapidement,fr,base
    34,notamment,fr,base
    35,troisième,fr,base
    36,plusieurs,fr,base
    37,maintenant,fr,base
    38,personnes,fr,base
    39,cinquante,fr,base
    40,tanmateix,ca,base
    41,superior,ca,base
    42,catalunya,ca,base
    43,finalment,ca,base
    44,treballar,ca,base
    45,qualsevol,ca,base
    46,principalment,ca,base
    47,rectangular,ca,base
    48,important,ca,base
    49,mitjançant,ca,base
    50,president,ca,base
    51,finestres,ca,base
    52,caràcter,ca,base
    53,diferents,ca,base
    54,programari,ca,base
    55,obertures,ca,base
    56,posteriorment,ca,base
    57,barcelona,ca,base
    58,importants,ca,base
    59,informació,ca,base
    60,allerdings,de,base
    61,arbeitete,de,base
    62,deutschland,de,base
    63,schließlich,de,base
    64,verheiratet,de,base
    65,vielleicht,de,base
    66,verschiedene,de,base
    67,bezeichnet,de,base
    68,gleichzeitig,de,base
    69,parlament,de,base
    70,unternehmen,de,base
    71,entwicklung,de,base
    72,europäischen,de,base
    73,zahlreiche,de,base
    74,geschichte,de,base
    75,verwendet,de,base
    76,anschließend,de,base
    77,hauptstadt,de,base
    78,errichtet,de,base
    79,eigentlich,de,base
    80,amahirwe,rw,base
    81,umutekano,rw,base
    82,gukomeza,rw,base
    83,amafaranga,rw,base
    84,abanyarwanda,rw,base
    85,urubyiruko,rw,base
    86,n’abandi,rw,base
    87,ashobora,rw,base
    88,umuryango,rw,base
    89,abayobozi,rw,base
    90,w’umupira,rw,base
    91,perezida,rw,base
    92,umukinnyi,rw,base
    93,gitaramo,rw,base
    94,w’amaguru,rw,base
    95,abaturage,rw,base
    96,amashusho,rw,base
    97,minisitiri,rw,base
    98,indirimbo,rw,base
    99,bitandukanye,rw,base
    100,میخواستم,fa,incremental
    101,امیدوارم,fa,incremental
    102,تلویزیون,fa,incremental
    103,آپارتمان,fa,incremental
    104,بینالمللی,fa,incremental
    105,بنابراین,fa,incremental
    106,اسفندیار,fa,incremental
    107,پرسپولیس,fa,incremental
    108,بفرمایید,fa,incremental
    109,میتوانند,fa,incremental
    110,demandis,eo,incremental
    111,respondis,eo,incremental
    112,sinjorino,eo,incremental
    113,rigardis,eo,incremental
    114,fernando,eo,incremental
    115,ankoraŭ,eo,incremental
    116,beatrico,eo,incremental
    117,troviĝas,eo,incremental
    118,ekzistas,eo,incremental
    119,esperanto,eo,incremental
    120,enquanto,pt,incremental
    121,correndo,pt,incremental
    122,olhando,pt,incremental
    123,dinheiro,pt,incremental
    124,vestindo,pt,incremental
    125,segurando,pt,incremental
    126,crianças,pt,incremental
    127,mulheres,pt,incremental
    128,trabalho,pt,incremental
    129,cachorro,pt,incremental
    130,bakarrik,eu,incremental
    131,ezagutzen,eu,incremental
    132,hizkuntza,eu,incremental
    133,horregatik,eu,incremental
    134,bitartean,eu,incremental
    135,erabiltzen,eu,incremental
    136,horrelako,eu,incremental
    137,gertatzen,eu,incremental
    138,eskatzen,eu,incremental
    139,batzuetan,eu,incremental
    140,podlasiak,pl,incremental
    141,zupełnie,pl,incremental
    142,odpowiedział,pl,incremental
    143,dziwożona,pl,incremental
    144,jednoręki,pl,incremental
    145,widocznie,pl,incremental
    146,powiedział,pl,incremental
    147,spojrzał,pl,incremental
    148,człowiek,pl,incremental
    149,wszystkich,pl,incremental
    150,gobeithio,cy,incremental
    151,newyddion,cy,incremental
    152,wybodaeth,cy,incremental
    153,ddigwyddodd,cy,incremental
    154,eisteddfod,cy,incremental
    155,genedlaethol,cy,incremental
    156,gwasanaeth,cy,incremental
    157,gwahaniaeth,cy,incremental
    158,ffrindiau,cy,incremental
    159,gerddoriaeth,cy,incremental
    160,gezien,nl,incremental
    161,iedereen,nl,incremental
    162,tussen,nl,incremental
    163,kinderen,nl,incremental
    164,tijdens,nl,incremental
    165,worden,nl,incremental
    166,hoeveel,nl,incremental
    167,kunnen,nl,incremental
    168,nieuwe,nl,incremental
    169,gemaakt,nl,incremental
    170,приверженность,ru,incremental
    171,действительно,ru,incremental
    172,сотрудничества,ru,incremental
    173,необходимость,ru,incremental
    174,деятельности,ru,incremental
    175,правительства,ru,incremental
    176,поблагодарить,ru,incremental
    177,представителю,ru,incremental
    178,международного,ru,incremental
    179,ответственность,ru,incremental
    180,comunicación,es,incremental
    181,arquitectura,es,incremental
    182,completamente,es,incremental
    183,continuación,es,incremental
    184,departamento,es,incremental
    185,internacional,es,incremental
    186,especialmente,es,incremental
    187,posteriormente,es,incremental
    188,investigación,es,incremental
    189,generalmente,es,incremental
    190,particolare,it,incremental
    191,territorio,it,incremental
    192,campionato,it,incremental
    193,importante,it,incremental
    194,capoluogo,it,incremental
    195,nonostante,it,incremental
    196,attraverso,it,incremental
    197,posizione,it,incremental
    198,soprattutto,it,incremental
    199,produzione,it,incremental
    """
}
