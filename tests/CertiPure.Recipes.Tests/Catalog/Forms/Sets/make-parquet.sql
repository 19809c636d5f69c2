-- Run by DuckDB 1.5 in this folder: six pictures as the Hugging Face hub stores them.
COPY (
    SELECT {'bytes': content, 'path': parse_filename(filename)} AS image, (row_number() OVER (ORDER BY filename) - 1) % 3 AS label
    FROM read_blob('pictures/*.png') ORDER BY filename
) TO 'pictures.parquet' (FORMAT parquet, COMPRESSION zstd, KV_METADATA {
    huggingface: '{"info": {"features": {"image": {"_type": "Image"}, "label": {"names": ["ant", "bee", "cat"], "_type": "ClassLabel"}}}}'
});
