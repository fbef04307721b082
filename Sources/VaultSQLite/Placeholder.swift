// VaultSQLite
