"""A whole registry at once: choose its images, judge them by as few calls as can be, sum up.

Pure: the registry is a `catalog.Catalog`, time is passed in. What a scan history and a policy mean
is decided where it is decided for one image: in `history`, `policy` and `pipeline`.
"""
