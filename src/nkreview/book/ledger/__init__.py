"""The evidence ledger: data, tables, picture, badges and directives."""
