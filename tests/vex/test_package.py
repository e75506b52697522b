"""Which names mean the package of a finding."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scangate.vex.package import read
from tests.vex.making import finding


def covers(name: str, package: str, version: str, origin: str = "") -> bool:
    meant = read(name)
    return meant is not None and meant.is_of(
        finding(package=package, version=version, origin=origin)
    )


@pytest.mark.parametrize(
    ("name", "package", "version"),
    [
        pytest.param("lib1", "lib1", "1.0", id="a bare name"),
        pytest.param("PyYAML", "PyYAML", "1.0", id="a bare name with capitals"),
        pytest.param("@scope/name", "@scope/name", "1.0", id="a bare name with a scope"),
        pytest.param("pkg:deb/debian/lib1@1.0", "lib1", "1.0", id="deb"),
        pytest.param("pkg:deb/debian/lib1", "lib1", "7", id="every version"),
        pytest.param("pkg:deb/ubuntu/lib1@1.0?arch=amd64&distro=x", "lib1", "1.0", id="qualifiers"),
        pytest.param("pkg:deb/debian/libstdc%2B%2B6@1%2Bb1", "libstdc++6", "1+b1", id="encoded"),
        pytest.param("pkg:deb/debian/libstdc++6@1+b1", "libstdc++6", "1+b1", id="not encoded"),
        pytest.param("pkg:deb/debian/zlib1g@1%3A1.2-1", "zlib1g", "1:1.2-1", id="deb, epoch"),
        pytest.param("pkg:deb/debian/z@1.2-1?epoch=1", "z", "1:1.2-1", id="deb, epoch apart"),
        pytest.param("pkg:deb/debian/z@1%3A1.2-1?epoch=1", "z", "1:1.2-1", id="deb, epoch twice"),
        pytest.param("pkg:rpm/rhel/curl@7.5-1?epoch=2", "curl", "2:7.5-1", id="rpm, epoch"),
        pytest.param("pkg:rpm/rhel/curl@7.5-1?epoch=0", "curl", "7.5-1", id="rpm, epoch 0"),
        pytest.param("pkg:rpm/rhel/curl@7.5-1", "curl", "0:7.5-1", id="rpm, epoch 0 printed"),
        pytest.param("pkg:rpm/rhel/NetworkManager@1", "NetworkManager", "1", id="capitals"),
        pytest.param("pkg:apk/alpine/libssl3@3.1.4-r0", "libssl3", "3.1.4-r0", id="apk"),
        pytest.param("pkg:maven/org.a/b@1.0", "org.a:b", "1.0", id="maven"),
        pytest.param("pkg:maven/org.a/b@1.0", "b", "1.0", id="maven, the artifact and version"),
        pytest.param("pkg:maven/org.a/b", "org.a:b", "3", id="maven, every version"),
        pytest.param("pkg:npm/%40scope/name@1.0", "@scope/name", "1.0", id="npm, encoded"),
        pytest.param("pkg:npm/@scope/name@1.0", "@scope/name", "1.0", id="npm"),
        pytest.param("pkg:npm/name@1.0", "name", "1.0", id="npm without a scope"),
        pytest.param(
            "pkg:golang/golang.org/x/net@v0.1.0", "golang.org/x/net", "v0.1.0", id="a Go module"
        ),
        pytest.param(
            "pkg:golang/github.com/azure/sdk@v1", "github.com/Azure/sdk", "1", id="Go, spelt alike"
        ),
        pytest.param("pkg:golang/stdlib@1.21.0", "stdlib", "go1.21.0", id="Go's library in Grype"),
        pytest.param("pkg:golang/stdlib@1.21.0", "stdlib", "v1.21.0", id="Go's library in Trivy"),
        pytest.param("pkg:pypi/zope.interface@5", "Zope_Interface", "5", id="Python"),
        pytest.param("pkg:composer/laravel/framework@5", "laravel/framework", "5", id="PHP"),
        pytest.param("pkg:gem/rails@7", "rails", "7", id="Ruby"),
    ],
)
def test_packages_that_are_meant(name: str, package: str, version: str) -> None:
    assert covers(name, package, version)


@pytest.mark.parametrize(
    ("name", "package", "version"),
    [
        pytest.param("lib", "lib1", "1.0", id="a part of a name"),
        pytest.param("Lib1", "lib1", "1.0", id="a bare name in capitals"),
        pytest.param("lib1 1.0", "lib1", "1.0", id="a name and a version"),
        pytest.param("lib1@1.0", "lib1", "1.0", id="no purl"),
        pytest.param("", "lib1", "1.0", id="nothing"),
        pytest.param("pkg:deb/debian/lib1@1.0", "lib2", "1.0", id="another package"),
        pytest.param("pkg:deb/debian/lib1@1.0", "lib1", "1.0.1", id="another version"),
        pytest.param("pkg:deb/debian/lib1@1.0", "lib1", "1", id="a shorter version"),
        pytest.param("pkg:deb/debian/lib1@1.0", "lib1", "", id="a version that is not told"),
        pytest.param("pkg:deb/debian/lib1@1.0", "debian/lib1", "1.0", id="with the distribution"),
        pytest.param("pkg:deb/debian/z@1.2-1", "z", "1:1.2-1", id="an epoch not named"),
        pytest.param("pkg:deb/debian/z@1%3A1.2-1", "z", "1.2-1", id="an epoch not printed"),
        pytest.param("pkg:rpm/rhel/z@1.2-1?epoch=2", "z", "1:1.2-1", id="another epoch"),
        pytest.param("pkg:rpm/rhel/z@1.2-1?epoch=1", "z", "1.2-1", id="an epoch too many"),
        pytest.param("pkg:npm/z@1.2?epoch=1", "z", "1:1.2", id="an epoch where there are none"),
        pytest.param("pkg:maven/org.a/b@1.0", "org.c:b", "1.0", id="another group"),
        pytest.param("pkg:maven/org.a/b", "b", "1.0", id="an artifact of any group"),
        pytest.param("pkg:maven/org.a/b@1.0", "b", "1.1", id="an artifact, another version"),
        pytest.param("pkg:npm/%40scope/name@1.0", "name", "1.0", id="without the scope"),
        pytest.param("pkg:npm/name@1.0", "@scope/name", "1.0", id="with a scope"),
        pytest.param("pkg:golang/golang.org/x/net@v1", "net", "v1", id="the end of a module"),
        pytest.param("pkg:golang/golang.org/x/net", "golang.org/x/net/http2", "v1", id="below it"),
        pytest.param("pkg:golang/a.b/c@v1#d", "a.b/c", "v1", id="a part of a package"),
        pytest.param("pkg:golang/a.b/c@v1", "a.b/c", "v1.1", id="another version of Go"),
        pytest.param("pkg:npm/x?vers=vers:npm%2F%3C1.2", "x", "1.1", id="a range"),
        pytest.param("pkg:oci/lib1", "lib1", "1.0", id="an image"),
        pytest.param("pkg:deb", "lib1", "1.0", id="a malformed purl"),
        pytest.param("pkg:deb", "pkg:deb", "1.0", id="a malformed purl as a name"),
    ],
)
def test_packages_that_are_not(name: str, package: str, version: str) -> None:
    assert not covers(name, package, version)


@pytest.mark.parametrize(
    ("name", "origin", "expected"),
    [
        ("pkg:deb/debian/zlib@1", "os", True),
        ("pkg:deb/debian/zlib@1", "lang", False),
        ("pkg:npm/zlib@1", "lang", True),
        ("pkg:npm/zlib@1", "os", False),
        ("pkg:generic/zlib@1", "os", True),
        ("pkg:generic/zlib@1", "lang", True),
        ("pkg:npm/zlib@1", "", True),
        ("zlib", "lang", True),
    ],
)
def test_a_library_is_no_package_of_the_system(name: str, origin: str, expected: bool) -> None:
    assert covers(name, "zlib", "1", origin) is expected


@given(st.text() | st.text().map(lambda text: f"pkg:deb/{text}"), st.text())
def test_no_name_breaks_it(name: str, version: str) -> None:
    assert not covers(name, "a package of another name than is drawn", version)
