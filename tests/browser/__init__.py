"""The HTML report in a real browser, with and without JavaScript.

It takes the packages of the extra `browser` and a Chromium, which is found by its usual names or
named by SCANGATE_BROWSER. Without them the tests fail: `make browser` was asked for.
"""
