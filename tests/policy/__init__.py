"""Tests of the policy language and of judging by it."""
