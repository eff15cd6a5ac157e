"""Transactions as XML after BSI TR-03135, without personal data; `transactions.xsd` says how."""
