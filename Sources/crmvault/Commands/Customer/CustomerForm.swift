import Sodium

/// What a person at a terminal is asked for, where no `--from` gives the JSON object.
enum CustomerForm {
  /// The fields of a new customer.
  static let fields: [FormField] = [
    FormField("name"),
    FormField("phone"),
    FormField("email", label: "e-mail"),
    FormField("address"),
    FormField("birth_date", label: "birth date (YYYY-MM-DD)"),
    FormField("national_id", label: "national id"),
    FormField("note"),
    FormField("gender"),
    FormField("city"),
    FormField("tier"),
    FormField("joined", label: "joined (YYYY-MM-DD)"),
  ]
}
