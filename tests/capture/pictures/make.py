"""Draw the HEICs beside this file: ``python make.py`` where pillow-heif is installed."""

from pathlib import Path

import numpy as np
import pillow_heif
from PIL import Image

HERE = Path(__file__).parent


def quarters() -> np.ndarray:
    drawn = np.full((48, 64, 3), 128, np.uint8)
    drawn[:16, :16], drawn[:16, 48:], drawn[32:, :16] = (250, 0, 0), (0, 250, 0), (0, 0, 250)
    return drawn


def main() -> None:
    pillow_heif.register_heif_opener()
    Image.fromarray(quarters()).save(HERE / "upright.heic", quality=90, chroma=444)
    exif = Image.Exif()
    exif[0x0112] = 6
    exif.get_ifd(0x8769).update({36867: "2025:03:04 10:20:30", 36881: "+05:30"})
    turned = Image.fromarray(np.ascontiguousarray(np.rot90(quarters())))
    turned.info["exif"] = exif.tobytes()
    turned.save(HERE / "turned.heic", quality=90, chroma=444)

    plain = pillow_heif.from_pillow(Image.new("RGB", (32, 32), (200, 120, 100)))
    for name, primaries, transfer, matrix in (("p3-nclx", 12, 13, 6), ("pq", 9, 16, 9)):
        plain.save(
            HERE / f"{name}.heic",
            quality=95,
            chroma=444,
            color_primaries=primaries,
            transfer_characteristics=transfer,
            matrix_coefficients=matrix,
            full_range_flag=1,
            save_nclx_profile=True,
        )
    several = pillow_heif.HeifFile()
    for grey in (40, 120, 220):
        several.add_from_pillow(Image.new("RGB", (40, 32), (grey,) * 3))
    several.save(HERE / "three.heic", quality=90, primary_index=1)
    deep = np.full((32, 40, 3), 512 << 6, np.uint16)
    pillow_heif.encode("RGB;16", (40, 32), deep.tobytes(), HERE / "ten-bit.heic", quality=90)


if __name__ == "__main__":
    main()
