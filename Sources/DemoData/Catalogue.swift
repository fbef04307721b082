/// What is paid for.
struct Product {
  let name: StaticString
  let category: StaticString
  /// The smallest amount, in hundredths.
  let smallest: Int

  static let catalogue = [
    Product(name: "metro", category: "transport", smallest: 200),
    Product(name: "bus", category: "transport", smallest: 100),
    Product(name: "taxi", category: "transport", smallest: 1200),
    Product(name: "bike", category: "transport", smallest: 150),
    Product(name: "coffee", category: "food", smallest: 1200),
    Product(name: "lunch", category: "food", smallest: 1800),
    Product(name: "groceries", category: "food", smallest: 2500),
    Product(name: "delivery", category: "food", smallest: 2000),
    Product(name: "mobile top-up", category: "bills", smallest: 3000),
    Product(name: "electricity", category: "bills", smallest: 6000),
    Product(name: "water", category: "bills", smallest: 2000),
    Product(name: "insurance", category: "finance", smallest: 9000),
    Product(name: "clothing", category: "shopping", smallest: 7900),
    Product(name: "electronics", category: "shopping", smallest: 19_900),
    Product(name: "books", category: "shopping", smallest: 2500),
    Product(name: "cinema", category: "leisure", smallest: 3500),
    Product(name: "hotel", category: "travel", smallest: 18_000),
    Product(name: "flight", category: "travel", smallest: 45_000),
  ]
}
