"""The HTML report in a real browser, with and without JavaScript.

It takes Chromium (`apt-get install chromium`) and the packages of the extra `browser`. Where they
are missing the tests are skipped; with SCANGATE_BROWSER, the path of a Chromium, they fail.
"""
