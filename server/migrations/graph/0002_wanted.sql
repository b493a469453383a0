-- What a command is to bring about, where the device tells that and not that it was carried out: the identifier of the category.
ALTER TABLE commands ADD COLUMN wanted TEXT;
