#!/usr/bin/python3
"""unpack_image.py OCI-ARCHIVE ARCH FOLDER: the files of the image for that architecture, as a runtime sees them.

Prints the configuration of the image, such as its user and entry point, as JSON.
"""
import io
import json
import pathlib
import sys
import tarfile


def main(archive, arch, folder):
    root = pathlib.Path(folder)
    with tarfile.open(archive) as image:
        def blob(digest):
            return image.extractfile("blobs/" + digest.replace(":", "/")).read()

        def image_of(index):
            """The manifest for the architecture, also if an index names another index."""
            for entry in index["manifests"]:
                found = json.loads(blob(entry["digest"]))
                if "manifests" in found and (inner := image_of(found)):
                    return inner
                if entry.get("platform", {}).get("architecture") == arch and "layers" in found:
                    return found
            return None

        names = {name.removeprefix("./"): name for name in image.getnames()}
        manifest = image_of(json.load(image.extractfile(names["index.json"])))
        if manifest is None:
            raise SystemExit(f"unpack_image.py: {archive} has no image for {arch}")
        for layer in manifest["layers"]:
            with tarfile.open(fileobj=io.BytesIO(blob(layer["digest"]))) as files:
                for member in files:
                    if pathlib.PurePath(member.name).name.startswith(".wh."):
                        raise SystemExit(f"unpack_image.py: a layer deletes {member.name}, which is not expected")
                    files.extract(member, root, numeric_owner=True)
        print(json.dumps(json.loads(blob(manifest["config"]["digest"]))["config"]))


main(*sys.argv[1:])
