"""What may reach production: the policy language, and the judging of evidence by it."""
