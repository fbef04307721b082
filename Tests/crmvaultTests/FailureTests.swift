import Testing

@testable import crmvault
