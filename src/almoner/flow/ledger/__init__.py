"""Account: a round's budget, and balanced postings for budget, commitment and disbursement."""
