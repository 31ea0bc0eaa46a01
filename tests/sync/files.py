"""What happens to files in the simulated world: to bundles in folders, and to the files of laptops."""

from __future__ import annotations

import os
import secrets
import shutil
from pathlib import Path

from builders.laptops import forged
from fieldtool.store.file.local import local
from fieldtool.store.keys.membership import membership_of, new_identity
from fieldtool.sync.folder import bundles
from sync.comparing import Comparing
from sync.field import File, Folder, Image, Laptop, copied, device_in, opened

MOST_LAPTOPS = 6


class Files(Comparing):
    """The deeds in which files are lost, altered, copied or put back."""

    def files(self) -> list[Laptop]:
        """Something happens to the files of a folder."""
        folder = self._folder()
        kinds = (self._drop, self._double, self._rename, self._cut, self._alter, self._return, self._stranger)
        self.random.choice(kinds)(folder)
        self._times += 1
        for path in folder.path.iterdir():
            if path.name not in folder.files or not folder.files[path.name].good:
                # So that a change is seen as one, however fast this world goes.
                os.utime(path, ns=(self._times, self._times))
        self._lose()
        return []

    def image(self) -> list[Laptop]:
        """A backup program keeps the file of a laptop as it is now, and perhaps its whole disk."""
        laptop = self._laptop()
        if len(self.images) >= 4:
            self.images.pop(self.random.randrange(4)).connection.close()
        self.images.append(self._image_of(laptop))
        laptop.remember()
        return []

    def put_back(self) -> list[Laptop]:
        """An old file is put back on its laptop."""
        found = self._image()
        if found is None:
            return self.image()
        image, laptop = found
        if self.random.random() < 0.5:
            laptop.remember()
        self._put_back(image, laptop)
        return [laptop]

    def whole_disk(self) -> list[Laptop]:
        """A whole old disk is put back on its laptop: nothing there can tell that it is old."""
        found = self._image()
        if found is None:
            return self.image()
        image, laptop = found
        self._put_back_whole(image, laptop)
        return [laptop]

    def another_laptop(self) -> list[Laptop]:
        """A copy of a file is opened on another laptop."""
        if not self.images or len(self.laptops) >= MOST_LAPTOPS:
            return self.image()
        image = self.random.choice(self.images)
        state = self._state()
        laptop = Laptop(state.name, image.person, opened(image.connection), state)
        laptop.known, laptop.aside = image.known, image.aside
        laptop.start()
        self.laptops.append(laptop)
        return [laptop]

    # ------------------------------------------------------------------ within

    def _image_of(self, laptop: Laptop) -> Image:
        state = self.home / f"image{self._times}"
        self._times += 1
        shutil.copytree(laptop.state, state)
        return Image(copied(laptop.database.connection), state, laptop.known, laptop.aside, laptop.person)

    def _put_back_whole(self, image: Image, laptop: Laptop) -> None:
        shutil.rmtree(laptop.state)
        shutil.copytree(image.state, laptop.state)
        self.whole_disks = True
        self._put_back(image, laptop)

    def _put_back(self, image: Image, laptop: Laptop) -> None:
        laptop.database.close()
        laptop.database = opened(image.connection)
        laptop.known, laptop.aside = image.known, image.aside
        self._lose()
        laptop.start()
        self.counts["put back"] += 1

    def _image(self) -> tuple[Image, Laptop] | None:
        choices = [
            (image, laptop)
            for image in self.images
            for laptop in self.laptops
            if local(laptop.database, "device") == device_in(image.connection)
            and (image.state / "witness").exists()
        ]
        return self.random.choice(choices) if choices else None

    def _one(self, folder: Folder, *, good: bool = True) -> Path | None:
        names = sorted(name for name, file in folder.files.items() if file.good or not good)
        return folder.path / self.random.choice(names) if names else None

    def _drop(self, folder: Folder) -> None:
        path = self._one(folder, good=False)
        if path is not None:
            folder.taken_away.append((path.name, path.read_bytes(), folder.files.pop(path.name)))
            path.unlink()

    def _return(self, folder: Folder) -> None:
        """What was taken away, or is damaged here, comes back whole: perhaps in the other folder."""
        if folder.taken_away:
            name, data, file = folder.taken_away.pop(self.random.randrange(len(folder.taken_away)))
            other = self._folder()
            (other.path / name).write_bytes(data)
            other.files[name] = file

    def _double(self, folder: Folder) -> None:
        path, other = self._one(folder), self._folder()
        if path is not None:
            name = self.random.choice((f"Copy of {path.name}", f"{path.stem} (1).age", path.name))
            shutil.copyfile(path, other.path / name) if other.path / name != path else None
            other.files[name] = folder.files[path.name]

    def _rename(self, folder: Folder) -> None:
        path = self._one(folder, good=False)
        if path is not None:
            self._times += 1
            name = f"{self.random.choice(('a', 'Z', 'ü'))} {self._times}.age"
            path.rename(folder.path / name)
            folder.files[name] = folder.files.pop(path.name)

    def _cut(self, folder: Folder) -> None:
        path = self._one(folder)
        if path is not None:
            data = path.read_bytes()
            folder.taken_away.append((path.name, data, folder.files[path.name]))
            path.write_bytes(data[: self.random.randrange(len(data))])
            folder.files[path.name] = folder.files[path.name]._replace(good=False)

    def _alter(self, folder: Folder) -> None:
        path = self._one(folder)
        if path is not None:
            data = bytearray(path.read_bytes())
            folder.taken_away.append((path.name, bytes(data), folder.files[path.name]))
            data[self.random.randrange(len(data))] ^= 1 << self.random.randrange(8)
            path.write_bytes(data)
            folder.files[path.name] = folder.files[path.name]._replace(good=False)

    def _stranger(self, folder: Folder) -> None:
        """A bundle that somebody else has made: who opens this inspection, or who was never invited."""
        laptop = self._laptop()
        membership = membership_of(laptop.database)
        assert membership is not None
        if self.random.random() < 0.5:
            membership = membership._replace(identity=new_identity())
        stranger = membership._replace(secret=secrets.token_bytes(32))
        event = forged('{"prompt":"Qax","answer":"no"}', "answer.given", "answer:Qax", "mallory")
        header, data = bundles.make([event], bytes(32), stranger)
        name = bundles.name_of(header, data)
        (folder.path / name).write_bytes(data)
        folder.files[name] = File(0, good=False)
        self.counts["strangers"] += 1
