"""The evidence ledger: data, tables, picture and directives."""
