"""Drawn HEICs for the tests."""
import sys
import numpy as np, pillow_heif
from PIL import Image, ImageCms
out=sys.argv[1]
up=np.zeros((48,64,3),np.uint8); up[:]=128
up[:16,:16],up[:16,48:],up[32:,:16]=(250,0,0),(0,250,0),(0,0,250)
im=Image.fromarray(up)
pillow_heif.register_heif_opener()
im.save(f"{out}/upright.heic",quality=90, chroma=444)
ex=Image.Exif(); ex[0x0112]=6; ex.get_ifd(0x8769).update({36867:"2025:03:04 10:20:30",36881:"+05:30"})
t=Image.fromarray(np.ascontiguousarray(np.rot90(up))); t.info["exif"]=ex.tobytes(); t.save(f"{out}/turned.heic",quality=90, chroma=444)
skin=np.zeros((32,32,3),np.uint8); skin[:]=(200,120,100)
h=pillow_heif.from_pillow(Image.fromarray(skin)); h.save(f"{out}/p3-nclx.heic",quality=95,color_primaries=12,transfer_characteristics=13,matrix_coefficients=6,full_range_flag=1,chroma=444,save_nclx_profile=True)
h.save(f"{out}/pq.heic",quality=95,color_primaries=9,transfer_characteristics=16,matrix_coefficients=9,full_range_flag=1,chroma=444)
a=pillow_heif.HeifFile(); 
for v in (40,120,220): a.add_from_pillow(Image.fromarray(np.full((32,40,3),v,np.uint8)))
a.save(f"{out}/three.heic",quality=90,primary_index=1)
big=pillow_heif.from_pillow(Image.fromarray((np.random.default_rng(1).integers(0,1024,(32,32,3))<<6).astype(np.uint16)[:,:,0].astype('uint16')*0+40000)) if False else None
arr=np.full((32,40,3),512<<6,np.uint16); 
pillow_heif.encode("RGB;16",(40,32),arr.tobytes(),f"{out}/ten-bit.heic",quality=90)
