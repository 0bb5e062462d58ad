"""Brings an image of buildah's to the test's node, as a registry would.

    push.py FOLDER_OF_THE_CLUSTER IMAGE
"""

import os
import subprocess
import sys

folder, image = sys.argv[1:]
archive = os.path.join(folder, "pushed.tar")
subprocess.run(["/usr/bin/buildah", "push", "--quiet", image, f"docker-archive:{archive}:{image}"], check=True)
subprocess.run(["ctr", "images", "import", archive], check=True, stdout=subprocess.DEVNULL)
os.remove(archive)
