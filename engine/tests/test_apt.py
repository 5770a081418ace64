"""Debian packages through a private apt state: no apt, no network, damaged and half-fetched files."""

import hashlib
import shutil
import subprocess
import tempfile
import unittest
from unittest import mock

from engine import apt, odoo_tree, ui

from .common import EngineCase

CONTENT = "a whole package\n"
LISTED = "Packages|http://mirror/debian/|bookworm\\nPackages|http://mirror/debian-security/|bookworm-security"


class AptCase(EngineCase):
    """A machine whose apt is made of shell scripts; what they do is written down in ``calls``."""

    def setUp(self):
        super().setUp()
        self.stub(apt, "KEYRING", self.write("keyring.gpg", ""))
        self.stub(apt, "codename", lambda: "bookworm")
        self.calls = self.root / "calls"
        self.source = self.write("served", CONTENT)
        checksum = hashlib.sha256(CONTENT.encode()).hexdigest()
        self.program(
            "dpkg-deb", f'mkdir -p "$3/usr" && cp "$2" "$3/usr/content"; echo unpack >> "{self.calls}"'
        )
        self.program(
            "apt-cache",
            'case "$1" in\n'
            '  madison) echo " $2 | 1.0 | http://mirror sid/main all Packages";;\n'
            f'  show) echo "Size: {len(CONTENT)}"; echo "SHA256: {checksum}";;\n'
            "esac",
        )
        self.program("apt-config", "true")
        self.apt_get()

    def apt_get(self, update="true", download="true"):
        self.program(
            "apt-get",
            f'echo "$1" >> "{self.calls}"\n'
            'case "$1" in\n'
            f'  indextargets) printf "{LISTED}";;\n'
            f"  update) {update};;\n"
            f'  download) {download} && for word; do case "$word" in APT*) ;; '
            f'*=*) cp "{self.source}" "${{word%%=*}}_1.0_all.deb";; esac; done;;\n'
            "esac",
        )

    def private(self):
        private = apt.Apt(self.state / "apt")
        with ui.step("lists") as step:
            private.prepare(step)
        return private

    def fetch(self, private, package="tool"):
        with ui.step("fetch") as step:
            return private.fetch({package: "1.0"}, step)

    def called(self, what):
        return self.calls.read_text().split().count(what) if self.calls.exists() else 0


class TestMirror(AptCase):
    def test_own_mirror_is_used(self):
        self.assertEqual(apt.find_mirror(), ("http://mirror/debian/", "bookworm"))
        private = self.private()
        sources = (private.folder / "sources.list").read_text()
        self.assertRegex(sources, r"(?m)^deb \[signed-by=.*keyring\.gpg\] http://mirror/debian/ sid main$")
        self.assertRegex(sources, r"(?m) bookworm main$")

    def test_paths_with_spaces_are_quoted(self):
        private = self.private()
        self.assertIn(" ", str(private.folder))
        self.assertIn(f'Dir::State::lists "{private.folder}/lists";', private.conf.read_text())

    def test_proxy_of_the_machine_is_kept_and_its_hooks_are_not(self):
        self.program(
            "apt-config", """echo 'Acquire::http::Proxy "http://proxy:3128";'; echo 'APT::Hook "rm";'"""
        )
        conf = self.private().conf.read_text()
        self.assertIn('Acquire::http::Proxy "http://proxy:3128";', conf)
        self.assertNotIn("Hook", conf)
        self.assertIn('Dir::Etc::parts "/dev/null";', conf)

    def test_no_apt(self):
        self.empty_path()
        with self.problem("no apt.*ODOO_PATH"):
            apt.find_mirror()

    def test_no_keyring(self):
        self.stub(apt, "KEYRING", self.root / "nowhere")
        with self.problem("debian-archive-keyring.*ODOO_PATH"):
            apt.find_mirror()

    def test_no_mirror(self):
        self.program("apt-get", "true")
        with self.problem("no Debian mirror.*ODOO_PATH"):
            apt.find_mirror()

    def test_no_network(self):
        self.apt_get(update='echo "E: Could not resolve host"; exit 100')
        with self.problem("package lists.*Could not resolve.*network.*ODOO_PATH"):
            self.private()


class TestFreshMachine(unittest.TestCase):
    """With the machine's real apt, where there is one."""

    @unittest.skipUnless(shutil.which("apt-get"), "this machine has no apt")
    def test_the_mirror_is_known_before_any_list_was_fetched(self):
        with tempfile.TemporaryDirectory() as empty:
            command = [*apt.TARGETS, "-o", f"Dir::State::lists={empty}"]
            listed = subprocess.run(command, capture_output=True, text=True, check=True)
        self.assertIn("Packages|", listed.stdout)


class TestFetch(AptCase):
    def test_whole_file_is_fetched_once(self):
        private = self.private()
        (file,) = self.fetch(private)
        self.assertEqual(file.read_text(), CONTENT)
        self.fetch(private)
        self.assertEqual(self.called("download"), 1)

    def test_half_fetched_file_is_fetched_again(self):
        private = self.private()
        (private.debs / "tool_1.0_all.deb").write_text(CONTENT[:5])
        (file,) = self.fetch(private)
        self.assertEqual(file.read_text(), CONTENT)

    def test_altered_file_of_the_right_size_is_fetched_again(self):
        private = self.private()
        (private.debs / "tool_1.0_all.deb").write_text(CONTENT.replace("whole", "wrong"))
        (file,) = self.fetch(private)
        self.assertEqual(file.read_text(), CONTENT)

    def test_damaged_twice(self):
        self.source.write_text("rubbish")
        private = self.private()
        with self.problem("arrived damaged twice.*ODOO_PATH"):
            self.fetch(private)
        self.assertEqual(self.called("download"), 2)
        self.source.write_text(CONTENT)
        self.assertTrue(self.fetch(private), "the next try completes")

    def test_network_lost_during_download(self):
        private = self.private()
        self.apt_get(download='echo "E: Failed to fetch"; exit 100')
        with self.problem("could not download tool.*Failed to fetch.*network"):
            self.fetch(private)


class TestPackage(AptCase):
    """Odoo's package, interrupted at each step: the next try completes."""

    def setUp(self):
        super().setUp()
        body = "version_info = (19, 0, 0)"
        self.program(
            "dpkg-deb",
            'to="$3/usr/lib/python3/dist-packages/odoo"; mkdir -p "$to"; '
            f'echo "{body}" > "$to/release.py"; echo unpack >> "{self.calls}"',
        )
        self.stub(odoo_tree, "from_python", lambda: None)

    def test_complete(self):
        tree = odoo_tree.find()
        self.assertEqual(tree.version, (19, 0))
        addons = tree.parent / "odoo" / "addons"
        self.assertTrue((addons / odoo_tree.EMPTY_FILES[0]).exists())
        odoo_tree.find()
        self.assertEqual(self.called("download"), 1, "a second start fetches nothing")

    def interrupt(self, where, name):
        with (
            mock.patch.object(where, name, side_effect=KeyboardInterrupt),
            self.assertRaises(KeyboardInterrupt),
        ):
            odoo_tree.find()
        self.assertIsNone(odoo_tree.packaged(), "half an Odoo is never taken for one")
        self.assertEqual(odoo_tree.find().version, (19, 0))

    def test_interrupted_at_the_lists(self):
        self.interrupt(apt.Apt, "prepare")

    def test_interrupted_at_the_download(self):
        self.interrupt(apt.Apt, "_download")

    def test_interrupted_at_unpacking(self):
        self.interrupt(apt, "unpack")

    def test_interrupted_at_mending(self):
        self.interrupt(odoo_tree, "mend")

    def test_package_not_offered(self):
        self.program("apt-cache", "true")
        with self.problem("offers no package odoo-19.*ODOO_PATH"):
            odoo_tree.find()

    def test_damaged_package_is_removed(self):
        self.program("dpkg-deb", 'echo "not a Debian archive"; exit 2')
        with self.problem("could not be unpacked.*run the command again"):
            odoo_tree.find()

    def test_newer_font_is_told(self):
        private = mock.Mock()
        private.versions.return_value = ["7.3.0", "5.0.10+really4.7.0"]
        self.assertEqual(odoo_tree.choose(private)["fonts-font-awesome"], "5.0.10+really4.7.0")
        private.versions.return_value = ["7.3.0"]
        self.assertEqual(odoo_tree.choose(private)["fonts-font-awesome"], "7.3.0")
        self.assertIn("some icons will be missing", self.output.getvalue())


class TestMend(EngineCase):
    def test_dangling_links(self):
        root = self.root / "tree"
        addons = root / "usr/lib/python3/dist-packages/odoo/addons"
        fonts = addons / "web/static/fonts"
        fonts.mkdir(parents=True)
        self.write("tree/usr/share/fonts/truetype/a/A.ttf", "A")
        self.write("tree/usr/share/fonts/opentype/i/Inconsolata-Regular.otf", "I")
        (fonts / "A.ttf").symlink_to("../../nowhere/A.ttf")
        (fonts / "Inconsolata.otf").symlink_to("/usr/share/fonts/opentype/Inconsolata.otf")
        (fonts / "Lost.ttf").symlink_to("/nowhere/Lost.ttf")
        log = self.root / "log"
        odoo_tree.mend(root, log)
        self.assertEqual((fonts / "A.ttf").read_text(), "A")
        self.assertEqual((fonts / "Inconsolata.otf").read_text(), "I")
        self.assertIn("Lost.ttf", log.read_text())
        root.rename(self.root / "moved")
        self.assertEqual((self.root / "moved" / fonts.relative_to(root) / "A.ttf").read_text(), "A")


class TestMachine(EngineCase):
    """Packages of the machine itself, as root."""

    def install(self, body):
        calls = self.root / "calls"
        note = f'for word; do case "$word" in update|install) echo $word;; esac; done >> "{calls}"'
        self.program("apt-get", f"{note}\n{body}")
        with ui.step("packages") as step:
            trouble = apt.install(["wkhtmltopdf"], step)
        return trouble, calls.read_text().split()

    def test_installed(self):
        self.assertEqual(self.install("true"), ("", ["install", "install"]))

    def test_old_lists_are_updated_once(self):
        flag = self.root / "updated"
        body = f'case "$*" in *update) touch "{flag}";; *) [ -e "{flag}" ];; esac'
        self.assertEqual(self.install(body), ("", ["install", "update", "install", "install"]))

    def test_no_network(self):
        trouble, _calls = self.install('echo "E: Unable to locate package wkhtmltopdf"; exit 100')
        self.assertEqual(trouble, "E: Unable to locate package wkhtmltopdf")
